"""Judges certificates for the differential test: one JSON object a line, a problem or the text of a certificate; one verdict a line."""

import importlib.util
import json
import sys

spec = importlib.util.spec_from_file_location("check", sys.argv[1])
check = importlib.util.module_from_spec(spec)
spec.loader.exec_module(check)

problem = None
for line in sys.stdin:
    message = json.loads(line)
    if "data" in message:
        # Data that cannot be read are the verdict about every certificate that comes with them.
        try:
            data = check.instance(check.parse_json(message["data"]))
            problem = data.problem(message["kind"], check.lowest(message["tolerance"]))
        except check.Unreadable as error:
            problem = error
        continue
    try:
        if isinstance(problem, Exception):
            raise problem
        check.check(problem, check.read_certificate(check.parse_json(message["text"])))
        print("accepted")
    except check.Rejected as rejection:
        print(f"rejected {rejection.rule}")
    except check.NotCovered as error:
        print(f"uncovered {error}".replace("\n", " "))
    except check.Unreadable as error:
        print(f"unreadable {error}".replace("\n", " "))
    except Exception as error:
        print(f"crashed {error!r}".replace("\n", " "))
