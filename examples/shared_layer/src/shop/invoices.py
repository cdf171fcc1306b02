from .model import Order


def handler(event, context):
    order = Order.model_validate(event)
    return {"text": f"{order.count} × {order.item}", "total": str(order.total)}
