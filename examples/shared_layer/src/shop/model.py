from decimal import Decimal

from pydantic import BaseModel, Field


class Order(BaseModel):
    item: str
    count: int = Field(gt=0)
    price: Decimal

    @property
    def total(self) -> Decimal:
        return self.count * self.price
