"""How the two families of packets are built: reference files around a classifier, offer files around a package.

Belongs here: what several kinds share about where their rows stand. The names of the rows are in the kind's own file.
"""

from freesport_pipelines.commerceml.stream import Shape

CLASSIFIER = "Классификатор"
CATALOGUE = "Каталог"
OFFERS_PACKAGE = "ПакетПредложений"

_REFERENCE_CONTAINERS = frozenset({"ТипыЦен", "Склады", "Свойства", "ЕдиницыИзмерения", "Группы"})


def reference_shape(item: str, container: str) -> Shape:
    """A reference file: its container stands in `<Классификатор>`, beside the empty header of another section.

    A classifier with nothing in it is a header-only delta. Source: facts, section 1.0 and row 0.7.
    """
    return Shape(item, container, CLASSIFIER, _REFERENCE_CONTAINERS - {container})


def goods_shape(item: str, container: str) -> Shape:
    """A goods file: `<Каталог>` and no classifier. Source: facts, section 1.0."""
    return Shape(item, container, CATALOGUE, frozenset({CLASSIFIER}))


def offers_shape() -> Shape:
    """Offers, prices and rests: the same `<Предложение>` in a package, with different contents.

    Source: facts, sections 1.7 to 1.9.
    """
    return Shape("Предложение", "Предложения", OFFERS_PACKAGE, frozenset({CLASSIFIER}))
