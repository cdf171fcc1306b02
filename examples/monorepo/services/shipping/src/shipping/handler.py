from mail import letter


def handler(event, context):
    return letter("parcel", customer=event["customer"])
