"""Uses each of the ten direct dependencies, so that a zip that answers rightly is a zip that works."""

import io

import boto3
import cryptography.fernet
import numpy
import orjson
import pandas
import PIL.Image
import pydantic
import requests
import sqlalchemy
import yaml

EDITION = 1


class Order(pydantic.BaseModel):
    item: str
    count: int


def handler(event, context):
    orders = [Order(**order) for order in yaml.safe_load(event["orders"])]
    frame = pandas.DataFrame([order.model_dump() for order in orders])
    engine = sqlalchemy.create_engine("sqlite://")
    frame.to_sql("orders", engine)
    with engine.connect() as connection:
        total = connection.execute(sqlalchemy.text("select sum(count) from orders")).scalar_one()

    fernet = cryptography.fernet.Fernet(cryptography.fernet.Fernet.generate_key())
    secret = fernet.decrypt(fernet.encrypt(b"secret")).decode()
    picture = io.BytesIO()
    PIL.Image.fromarray(numpy.zeros((4, 4), dtype=numpy.uint8)).save(picture, "PNG")
    request = requests.Request("GET", "https://example.com", params={"total": total}).prepare()
    session = boto3.Session(region_name="eu-west-1")
    return orjson.loads(orjson.dumps({
        "edition": EDITION,
        "total": total,
        "secret": secret,
        "png": picture.getvalue()[1:4].decode(),
        "url": request.url,
        "region": session.region_name,
    }))
