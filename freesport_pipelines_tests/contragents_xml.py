"""Builders of contragents files for tests, beside `commerceml_xml`: people and companies that nobody is.

contragents_xml([contragent("c1", official_name='ООО "Пример"', contacts=[("Телефон рабочий", "8 000 000 00 01")])])
"""

from collections.abc import Iterable, Sequence
from typing import Unpack
from xml.sax.saxutils import escape, quoteattr

from freesport_pipelines_tests.commerceml_xml import Envelope, Mark, file_xml


def contragent(
    onec_id: str | None = "c1",
    name: str | None = None,
    *,
    official_name: str | None = None,
    full_name: str | None = None,
    roles: Sequence[str] = ("Покупатель",),
    tax_id: str | None = None,
    kpp: str | None = None,
    okpo: str | None = None,
    registration: str | None = None,
    address: str | None = None,
    contacts: Sequence[tuple[str, str]] = (),
    representatives: Sequence[tuple[str, str]] = (),
    requisites: Sequence[tuple[str, str]] = (),
    marked: Mark = False,
    extra: str = "",
) -> str:
    """`<Контрагент>`; without contacts there is an empty `<Контакты/>`, as in most real rows."""
    people = "".join(
        _block("Представитель", _text("Отношение", relation), _text("Наименование", person))
        for relation, person in representatives
    )
    reached = "".join(_block("Контакт", _text("Тип", kind), _text("Значение", value)) for kind, value in contacts)
    told = "".join(
        _block("ЗначениеРеквизита", _text("Наименование", key), _text("Значение", value)) for key, value in requisites
    )
    return _block(
        "Контрагент",
        _text("Ид", onec_id),
        _text("НомерВерсии", "AAAAAAAAAAE="),
        _text("ПометкаУдаления", str(marked).lower() if isinstance(marked, bool) else marked),
        _text("Наименование", f"Контрагент {onec_id}" if name is None else name),
        _text("ОфициальноеНаименование", official_name),
        _text("ПолноеНаименование", full_name),
        *(_text("Роль", role) for role in roles),
        _text("ИНН", tax_id),
        _text("КПП", kpp),
        _text("КодПоОКПО", okpo),
        people and _block("Представители", people),
        "" if registration is None else _block("АдресРегистрации", _text("Представление", registration)),
        "" if address is None else _block("Адрес", _text("Представление", address)),
        _block("Контакты", reached),
        told and _block("ЗначенияРеквизитов", told),
        extra,
    )


def contragents_xml(items: Iterable[str] | None = (), **envelope: Unpack[Envelope]) -> bytes:
    """A contragents packet; the container is all there is, so None and no rows are the same."""
    only_changes = envelope.get("only_changes", "true")
    said = "" if only_changes is None else f" СодержитТолькоИзменения={quoteattr(only_changes)}"
    return file_xml(f"<Контрагенты{said}>\n{''.join(items or ())}</Контрагенты>\n", **envelope)


def _block(tag: str, *content: str) -> str:
    inside = "".join(content)
    return f"<{tag}>{inside}</{tag}>\n" if inside else f"<{tag}/>\n"


def _text(tag: str, text: str | None) -> str:
    return "" if text is None else _block(tag, escape(text))
