# A small `pydantic`: classes whose fields are annotations, which read plain data and say all that does not fit.
import datetime, enum, sys, types, typing

MISSING = object()
FAULTS_TOLD_MAX = 10


class ValidationError(ValueError):
    """Its text names each place that does not fit."""

    def __init__(self, name, faults):
        self.faults = faults
        told = "; ".join(faults[:FAULTS_TOLD_MAX])
        more = f" (and {len(faults) - FAULTS_TOLD_MAX} more)" if len(faults) > FAULTS_TOLD_MAX else ""
        super().__init__(f"{name}: {told}{more}")

    def errors(self):
        return [{"msg": fault} for fault in self.faults]


class FieldInfo:
    def __init__(self, default, default_factory, alias, checks):
        self.default, self.default_factory, self.alias, self.checks = default, default_factory, alias, checks


CHECKS = {
    "ge": (lambda value, bound: value >= bound, "at least {}"),
    "gt": (lambda value, bound: value > bound, "more than {}"),
    "le": (lambda value, bound: value <= bound, "at most {}"),
    "lt": (lambda value, bound: value < bound, "less than {}"),
    "min_length": (lambda value, bound: len(value) >= bound, "of length {} or more"),
    "max_length": (lambda value, bound: len(value) <= bound, "of length {} or less"),
}


def Field(default=..., *, default_factory=None, alias=None, **others):
    """What else is said of a field. Words for people, such as `description`, are let be."""
    checks = {name: bound for name, bound in others.items() if name in CHECKS and bound is not None}
    return FieldInfo(MISSING if default is ... else default, default_factory, alias, checks)


class BaseModel:
    def __init__(self, /, **given):
        faults = []
        for name, kind, info in fields_of(type(self)):
            value = given.get(info.alias, given.get(name, MISSING)) if info.alias else given.get(name, MISSING)
            object.__setattr__(self, name, read_field(name, kind, info, value, faults))
        if faults:
            raise ValidationError(type(self).__name__, faults)

    @classmethod
    def model_validate(cls, data):
        if isinstance(data, cls):
            return data
        if not isinstance(data, dict):
            raise ValidationError(cls.__name__, [f"expected a mapping, not {shown(data)}"])
        return cls(**{str(name): value for name, value in data.items()})

    parse_obj = model_validate

    @classmethod
    def model_validate_json(cls, text):
        import json
        return cls.model_validate(json.loads(text))

    def model_dump(self, **_):
        return {name: to_plain(getattr(self, name)) for name, _, _ in fields_of(type(self))}

    dict = model_dump

    def model_dump_json(self, **_):
        import json
        return json.dumps(self.model_dump(), ensure_ascii=False)

    json = model_dump_json

    def __eq__(self, other):
        return type(self) is type(other) and self.model_dump() == other.model_dump()

    def __repr__(self):
        return f"{type(self).__name__}({', '.join(f'{n}={getattr(self, n)!r}' for n, _, _ in fields_of(type(self)))})"


def fields_of(model):
    """Of each field its name, its type, and what else is said of it; those of base classes first."""
    known = model.__dict__.get("_fields")
    if known is None:
        hints = {name: kind for name, kind in typing.get_type_hints(model).items() if not is_apart(name, kind)}
        known = [(name, kind, info_of(getattr(model, name, MISSING))) for name, kind in hints.items()]
        model._fields = known
    return known


def is_apart(name, kind):
    return name.startswith("_") or name == "model_config" or typing.get_origin(kind) is typing.ClassVar


def info_of(default):
    return default if isinstance(default, FieldInfo) else FieldInfo(default, None, None, {})


def read_field(name, kind, info, value, faults):
    if value is MISSING:
        if info.default_factory is not None:
            return info.default_factory()
        if info.default is MISSING:
            faults.append(f"{name} is missing")
            return None
        import copy
        return copy.deepcopy(info.default)
    count = len(faults)
    result = read_value(kind, value, name, faults)
    for check, bound in info.checks.items() if len(faults) == count and result is not None else ():
        is_kept, words = CHECKS[check]
        if not is_kept(result, bound):
            faults.append(f"{name} must be {words.format(bound)}, not {shown(value)}")
    return result


def read_value(kind, value, place, faults):
    origin, args = typing.get_origin(kind), typing.get_args(kind)
    if kind is typing.Any or isinstance(kind, typing.TypeVar):
        return value
    if origin is typing.Annotated:
        return read_value(args[0], value, place, faults)
    if origin is typing.Union or origin is types.UnionType:
        return read_union(args, value, place, faults)
    if origin is typing.Literal:
        return value if value in args else refuse(f"one of {', '.join(map(repr, args))}", value, place, faults)
    if isinstance(kind, type) and origin is None and issubclass(kind, BaseModel):
        return read_model(kind, value, place, faults)
    container = origin or kind
    if container in READ_MANY:
        return READ_MANY[container](args, value, place, faults)
    return read_one(kind, value, place, faults)


def read_union(kinds, value, place, faults):
    if value is None and type(None) in kinds:
        return None
    for kind in [one for one in kinds if one is type(value)] or [one for one in kinds if one is not type(None)]:
        inner = []
        result = read_value(kind, value, place, inner)
        if not inner:
            return result
    faults.extend(inner if len(kinds) == 2 else [f"{place} fits none of {', '.join(map(name_of, kinds))}"])
    return None


def read_model(model, value, place, faults):
    if isinstance(value, model):
        return value
    if not isinstance(value, dict):
        return refuse(f"a mapping ({model.__name__})", value, place, faults)
    try:
        return model.model_validate(value)
    except ValidationError as error:
        faults.extend(f"{place}.{fault}" for fault in error.faults)


def read_list(make):
    def read(args, value, place, faults):
        if not isinstance(value, (list, tuple, set, frozenset)):
            return refuse("a list", value, place, faults)
        kind = args[0] if args else typing.Any
        return make(read_value(kind, item, f"{place}[{index}]", faults) for index, item in enumerate(value))

    return read


def read_tuple(args, value, place, faults):
    if not args or args[-1] is ...:
        return read_list(tuple)(args, value, place, faults)
    if not isinstance(value, (list, tuple)) or len(value) != len(args):
        return refuse(f"a list of {len(args)}", value, place, faults)
    return tuple(read_value(kind, item, f"{place}[{at}]", faults) for at, (kind, item) in enumerate(zip(args, value)))


def read_dict(args, value, place, faults):
    if not isinstance(value, dict):
        return refuse("a mapping", value, place, faults)
    of_key, of_value = args or (typing.Any, typing.Any)
    return {read_value(of_key, key, f"{place} key {key!r}", faults): read_value(of_value, item, f"{place}.{key}", faults)
            for key, item in value.items()}


READ_MANY = {list: read_list(list), set: read_list(set), frozenset: read_list(frozenset), tuple: read_tuple,
             dict: read_dict}


def read_bool(value):
    if isinstance(value, bool):
        return value
    return {"true": True, "false": False, "1": True, "0": False}[str(value).lower()]


def read_int(value):
    if isinstance(value, float) and not value.is_integer():
        raise ValueError
    return int(value)


def is_number_like(value):
    return isinstance(value, (int, float, str)) and not isinstance(value, bool)


ONES = {
    int: ("a whole number", lambda value: read_int(value) if is_number_like(value) else None),
    float: ("a number", lambda value: float(value) if is_number_like(value) else None),
    bool: ("true or false", read_bool),
    str: ("text", lambda value: value if isinstance(value, str) else None),
    datetime.datetime: ("a date and time", lambda value: datetime.datetime.fromisoformat(value.replace("Z", "+00:00"))),
    datetime.date: ("a date", lambda value: datetime.date.fromisoformat(value)),
}


def read_one(kind, value, place, faults):
    if kind is None or kind is type(None):
        return None if value is None else refuse("null", value, place, faults)
    if not isinstance(kind, type) or (isinstance(value, kind) and kind not in ONES):
        return value
    if isinstance(value, kind) and not isinstance(value, bool):
        return value
    words, read = ONES.get(kind, (name_of(kind), kind if issubclass(kind, enum.Enum) else lambda _: None))
    try:
        result = read(value)
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError):
        result = None
    return refuse(words, value, place, faults) if result is None else result


def refuse(words, value, place, faults):
    faults.append(f"{place} must be {words}, not {shown(value)}")


def shown(value):
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def name_of(kind):
    return "null" if kind is type(None) else getattr(kind, "__name__", str(kind))


def to_plain(value):
    """Models inside of lists and mappings as the mappings that they stand for; anything else as it is."""
    if isinstance(value, BaseModel):
        return value.model_dump()
    if isinstance(value, dict):
        return {key: to_plain(item) for key, item in value.items()}
    return type(value)(map(to_plain, value)) if type(value) in (list, tuple) else value


def offer_models():
    """`from pydantic import BaseModel` finds these."""
    module = types.ModuleType("pydantic")
    for name, one in {"BaseModel": BaseModel, "Field": Field, "ValidationError": ValidationError}.items():
        one.__module__ = "pydantic"
        setattr(module, name, one)
    sys.modules["pydantic"] = module


offer_models()
