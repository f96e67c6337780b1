# Runs the code of a user, inside of the room, and answers with its value as plain data or with how it failed.
# The value of a script is what `run(input)` gives, else its last statement if that is an expression, else `result`.
import ast, dataclasses, datetime, enum, inspect, json, linecache, math, os, resource, sys, traceback, types, typing

FILE = "<code>"
VALUE_DEPTH_MAX = 512
TRACEBACK_LINES_MAX = 40


class NotData(Exception):
    """A value that has no form in JSON."""


class NoFunction(Exception):
    """A stored function that is none."""


def read_script(code, given):
    space = new_space({"input": given, "BaseModel": BaseModel, "Field": Field})
    tree = ast.parse(code, FILE)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    value = None
    try:
        exec(compile(tree, FILE, "exec"), space)
        if last is not None:
            value = eval(compile(ast.Expression(last.value), FILE, "eval"), space)
    except SystemExit as stop:
        if stop.code not in (None, 0):
            raise
    run = space.get("run")
    if callable(run):
        return call_run(run, given, space)
    return space.get("result") if value is None else value


def call_run(run, given, space):
    parameters = list(inspect.signature(run).parameters.values())
    try:
        hints = typing.get_type_hints(run)
    except Exception:  # A hint that names nothing is for people.
        hints = {}
    model = hints.get(parameters[0].name, space.get("Input")) if parameters else None
    answer = awaited(run(given if not is_model(model) else model.model_validate(given)) if parameters else run())
    declared = hints.get("return")
    return declared.model_validate(answer) if is_model(declared) and isinstance(answer, dict) else answer


def is_model(kind):
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def awaited(answer):
    if not inspect.isawaitable(answer):
        return answer
    import asyncio  # It takes longer than all the rest.
    return asyncio.run(wait_for(answer))


async def wait_for(answer):
    return await answer


class Access(dict):
    """A mapping whose keys are attributes too."""

    def __getattr__(self, name):
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None


def with_access(value):
    if isinstance(value, dict):
        return Access({key: with_access(item) for key, item in value.items()})
    return [with_access(item) for item in value] if isinstance(value, list) else value


class Context:
    def __init__(self, given):
        self.__dict__.update(given)

    def __getattr__(self, name):
        raise AttributeError(f"context.{name} is not offered to functions here")


def call_stored(code, given, context):
    """A function that lies in a blob: a block with one public callable, an expression, or the body of a function."""
    function = stored_function(code)
    positional = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    parameters = inspect.signature(function).parameters.values()
    takes_all = any(one.kind is inspect.Parameter.VAR_POSITIONAL for one in parameters)
    count = 2 if takes_all else sum(one.kind in positional for one in parameters)
    return awaited(function(*[with_access(given), Context(context)][:count]))


def stored_function(code):
    for form in (function_of_block, function_of_expression, function_of_body):
        function = form(code)
        if function is not None:
            return function
    raise NoFunction("Cannot find a function in the code: write one function, an expression, or statements with return")


def function_of_block(code):
    try:
        tree = ast.parse(code, FILE)
    except SyntaxError:
        return None
    if all(isinstance(node, ast.Expr) for node in tree.body):
        return None
    space = new_space(stored_names())
    before = dict(space)
    try:
        exec(compile(tree, FILE, "exec"), space)
    except (NameError, SyntaxError):  # A body that is one of a function: it reads `input`.
        return None
    made = [value for name, value in space.items() if callable(value) and not name.startswith("_")
            and before.get(name) is not value and getattr(value, "__module__", None) == "__main__"]
    return made[0] if len(made) == 1 else None


def function_of_expression(code):
    try:
        tree = ast.parse(code.strip(), FILE, mode="eval")
    except SyntaxError:
        return None
    space = new_space(stored_names())
    try:
        value = eval(compile(tree, FILE, "eval"), space)
        if callable(value):
            return value
    except Exception:  # It reads `input`, which is there once it is called.
        pass
    arguments = ast.arguments(posonlyargs=[], args=[ast.arg("input"), ast.arg("context")], kwonlyargs=[],
                              kw_defaults=[], defaults=[])
    function = ast.Expression(ast.copy_location(ast.Lambda(arguments, tree.body), tree.body))
    return eval(compile(ast.fix_missing_locations(function), FILE, "eval"), space)


def function_of_body(code):
    try:
        tree = ast.parse("async def body(input, context): pass", FILE)
        tree.body[0].body = statements = ast.parse("async def body():\n" + indented(code), FILE).body[0].body
        if not any(map(is_of_function, statements)):
            return None
        ast.increment_lineno(tree, -1)
        space = new_space(stored_names())
        exec(compile(tree, FILE, "exec"), space)
        return space["body"]
    except SyntaxError:
        return None


def is_of_function(statement):
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return False
    return any(isinstance(node, (ast.Return, ast.Raise, ast.If)) for node in ast.walk(statement))


def indented(code):
    return "".join(f" {line}" for line in code.splitlines(keepends=True))


def stored_names():
    import re
    return {"json": json, "math": math, "re": re}


def new_space(names):
    module = types.ModuleType("__main__")
    sys.modules["__main__"] = module
    module.__dict__.update(names)
    return module.__dict__


def to_data(value, depth=0):
    if depth > VALUE_DEPTH_MAX:
        raise NotData(f"a value that is nested more than {VALUE_DEPTH_MAX} levels deep, or inside itself")
    if value is None or isinstance(value, (bool, str)):
        return value.value if isinstance(value, enum.Enum) else value
    if isinstance(value, (int, float)):
        if not math.isfinite(value):
            raise NotData(f"{value}, which has no form in JSON")
        return value.value if isinstance(value, enum.Enum) else value
    if isinstance(value, dict):
        return {to_key(key): to_data(item, depth + 1) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [to_data(item, depth + 1) for item in value]
    return to_data(plain_form(value), depth + 1)


def plain_form(value):
    if isinstance(value, BaseModel):
        return {name: getattr(value, name) for name, _, _ in fields_of(type(value))}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, (datetime.date, datetime.time)):
        return value.isoformat()
    raise NotData(f"a value of the type {type(value).__name__}")


def to_key(key):
    if isinstance(key, str):
        return key
    if key is None or isinstance(key, bool):
        return json.dumps(key)
    if isinstance(key, (int, float)):
        return str(key)
    raise NotData(f"a mapping with a key of the type {type(key).__name__}")


def told(error):
    """How code failed, with the lines that are its own."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == FILE]
    lines = traceback.format_list(frames[:TRACEBACK_LINES_MAX]) + traceback.format_exception_only(type(error), error)
    return {"kind": "raised", "name": type(error).__name__, "value": str(error), "traceback": "".join(lines).rstrip()}


def outcome_of(task):
    code, given = task["code"], task["input"]
    linecache.cache[FILE] = (len(code), None, code.splitlines(keepends=True), FILE)
    try:
        value = call_stored(code, given, task["context"]) if task["form"] == "function" else read_script(code, given)
        sys.setrecursionlimit(10_000)  # For the value, which is looked at in its depth.
        return {"kind": "value", "value": to_data(value)}
    except NotData as error:
        return {"kind": "no-data", "what": str(error)}
    except MemoryError:
        return {"kind": "out-of-memory"}
    except BaseException as error:
        return told(error)


def make_room():
    """An answer is written with more memory, and deeper, than the code may take."""
    most = resource.getrlimit(resource.RLIMIT_AS)[1]
    resource.setrlimit(resource.RLIMIT_AS, (most, most))


def answer(task):
    os.environ.clear()
    sys.stdout.reconfigure(line_buffering=True)
    outcome = outcome_of(task)
    make_room()
    line = json.dumps(outcome).encode() + b"\n"
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except Exception:  # The code may have closed it, and that is its own affair.
            pass
    with open(ANSWER_FD, "wb") as file:
        file.write(line)
    os._exit(0)


answer(request)
