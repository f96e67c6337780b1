# Renders templates with Jinja2: a JSON line with a template and its context in, one with the output or the error out.
import json
import sys

import jinja2

environment = jinja2.Environment(extensions=["jinja2.ext.loopcontrols"])
environment.globals.update(zip=zip, enumerate=enumerate, len=len, min=min, max=max)
environment.filters["fromjson"] = json.loads

for line in sys.stdin:
    question = json.loads(line)
    try:
        answer = {"output": environment.from_string(question["template"]).render(question["context"])}
    except Exception as error:
        answer = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(answer), flush=True)
