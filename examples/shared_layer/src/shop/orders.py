from .model import Order


def handler(event, context):
    return Order.model_validate(event).model_dump(mode="json")
