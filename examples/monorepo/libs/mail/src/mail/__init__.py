"""Letters to customers: a template, and what goes into it."""
import importlib.resources

import jinja2


def letter(template, **values):
    text = importlib.resources.files(__name__).joinpath(f"{template}.txt").read_text("utf-8")
    return jinja2.Template(text, keep_trailing_newline=False).render(values)
