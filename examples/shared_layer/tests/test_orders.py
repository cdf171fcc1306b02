import pydantic
import pytest
from shop.orders import handler


def test_an_order_is_completed():
    assert handler({"item": "tea", "count": "3", "price": 4.5}, None)["count"] == 3


def test_an_order_of_nothing_is_refused():
    with pytest.raises(pydantic.ValidationError):
        handler({"item": "tea", "count": 0, "price": "4.50"}, None)
