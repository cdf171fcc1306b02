import money


def test_a_total_counts_each_line_as_often_as_it_says():
    assert money.total([{"cents": 250, "count": 2}, {"cents": 99}]) == 599


def test_an_amount_has_two_digits_of_cents():
    assert money.text(1205) == "12.05 EUR"
