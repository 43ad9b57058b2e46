"""Refusals of 1C: its internal codes, the HTTP status they come with, and the bodies (facts/odata, section 2)."""

from xml.sax.saxutils import escape

import orjson

from freesport_pipelines.domain.values import ZERO_GUID

WHERE_REFUSED = 'Операция не разрешена в предложении "ГДЕ"\n<<?>> ВЫБРАТЬ … ГДЕ … AUTOORDER'
UNCOMPARABLE = (
    "Неверные параметры в операции сравнения. Нельзя сравнивать поля неограниченной длины и поля несовместимых типов."
)
DEVICE_FULL = "The device is full '/tmp/v8_0000.tmp'"
NO_LICENCE = "Не найдена свободная лицензия! Превышено количество сеансов приложения."
LOCKED = "Учётная запись заблокирована. Обратитесь к администратору абонента."
UNKNOWN_USER = "Идентификация пользователя не выполнена"
MAINTENANCE = "Приложение временно недоступно. Выполняется обновление."
NO_RIGHTS = "Нарушение прав доступа!"
JSON, XML = "application/json", "application/xml"


class Refusal(Exception):
    """What 1C answers instead of data."""

    def __init__(self, status: int, code: str, text: str) -> None:
        super().__init__(text)
        self.status, self.code, self.text = status, code, text


def no_segment(name: str) -> Refusal:
    """A field that the set does not have."""
    return Refusal(400, "6", f"Сегмент пути {name} не найден!")


def extra_segments() -> Refusal:
    """A path that goes on after its end."""
    return Refusal(400, "6", "Обнаружены лишние сегменты!")


def no_method() -> Refusal:
    """A virtual table that the register does not have."""
    return Refusal(400, "6", "Метод не найден")


def no_set(name: str) -> Refusal:
    """A set that is unknown, or not published: 1C makes no difference."""
    return Refusal(404, "8", f'Тип сущности "{name}" не найден!')


def no_entity(key: str) -> Refusal:
    """A key that nothing has."""
    return Refusal(404, "9", f"Экземпляр сущности {key or ZERO_GUID} не найден!")


def bad_option(option: str) -> Refusal:
    """An option that cannot be parsed."""
    return Refusal(400, "14", f"Ошибка при разборе опции запроса {option}")


def uncomparable() -> Refusal:
    """A comparison that the query language does not have."""
    return Refusal(500, "-1", UNCOMPARABLE)


def where_refused(status: int = 500) -> Refusal:
    """The answer to a `+` and, rarely, to a good query (facts/odata, sections 0 and 2.4)."""
    return Refusal(status, "-1", WHERE_REFUSED)


def no_rights() -> Refusal:
    """Credentials are right, but the set or one of its rows is forbidden."""
    return Refusal(401, "20", NO_RIGHTS)


def not_supported() -> Refusal:
    """An option that this platform does not know."""
    return Refusal(501, "0", "Возможность не поддерживается!")


def error_json(code: str, text: str) -> bytes:
    """The JSON shape of a refusal."""
    return orjson.dumps({"odata.error": {"code": code, "message": {"lang": "ru", "value": text}}})


def error_xml(code: str, text: str) -> bytes:
    """The XML shape, which comes when JSON was not asked for or the format was not understood."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<m:error xmlns:m="http://schemas.microsoft.com/ado/2007/08/dataservices/metadata">'
        f'<m:code>{escape(code)}</m:code><m:message xml:lang="ru">{escape(text)}</m:message></m:error>'
    ).encode()


def exception_json(text: str) -> bytes:
    """The shape in which the application server itself refuses (no session was begun)."""
    return orjson.dumps({"exception": {"clsid": ZERO_GUID, "descr": text, "inner": None}})


def page(title: str, text: str) -> bytes:
    """A page of the web server or the portal in front of 1C."""
    return (
        f"<!DOCTYPE html><html><head><title>{escape(title)}</title></head>"
        f"<body><h1>{escape(title)}</h1><p>{escape(text)}</p></body></html>"
    ).encode()
