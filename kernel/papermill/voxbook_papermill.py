"""
Parameters for TypeScript notebooks in papermill, which knows many languages and not this one.

papermill loads what is registered under "papermill.engine" when it starts, and has no such place for translators: so the
engine registered here is papermill's own, and the import of this module brings the translator along.
"""

import json
import math
import re

from papermill.engines import NBClientEngine
from papermill.models import Parameter
from papermill.translators import PapermillException, Translator, papermill_translators

LARGEST_EXACT = 2**53 - 1


class TypeScriptTranslator(Translator):
    """Values as TypeScript literals, declared anew after the notebook's own parameters."""

    PARAMETER = re.compile(
        r"^\s*(?:export\s+)?(?:let|var|const)\s+(?P<name>[^\W\d][\w$]*)\s*(?::\s*(?P<type>[^=]+?))?\s*=\s*"
        r"(?P<value>.+?)\s*;?\s*(?://\s*(?P<help>.*))?$"
    )

    @classmethod
    def translate_none(cls, val):
        return "null"

    @classmethod
    def translate_str(cls, val):
        return json.dumps(val, ensure_ascii=False)

    @classmethod
    def translate_escaped_str(cls, val):
        return json.dumps(str(val), ensure_ascii=False)

    @classmethod
    def translate_int(cls, val):
        if abs(val) > LARGEST_EXACT:
            raise PapermillException(
                f"the parameter value {val} is beyond what a TypeScript number holds exactly (2**53 - 1); pass it as text"
            )
        return str(val)

    @classmethod
    def translate_float(cls, val):
        if math.isnan(val):
            return "Number.NaN"
        if math.isinf(val):
            return "Number.POSITIVE_INFINITY" if val > 0 else "Number.NEGATIVE_INFINITY"
        return repr(val)

    @classmethod
    def translate_list(cls, val):
        return f"[{', '.join(cls.translate(one) for one in val)}]"

    @classmethod
    def translate_dict(cls, val):
        pairs = ", ".join(f"{cls.translate_escaped_str(key)}: {cls.translate(one)}" for key, one in val.items())
        return f"{{ {pairs} }}" if pairs else "{}"

    @classmethod
    def comment(cls, cmt_str):
        return "\n".join(f"// {line}".rstrip() for line in str(cmt_str).splitlines())

    @classmethod
    def assign(cls, name, str_val):
        if not re.fullmatch(r"[^\W\d][\w$]*", name):
            raise PapermillException(f"the parameter {name!r} is no name in TypeScript")
        return f"let {name} = {str_val};"

    @classmethod
    def inspect(cls, parameters_cell):
        found = (cls.PARAMETER.match(line) for line in parameters_cell["source"].splitlines())
        return [
            Parameter(
                name=match["name"],
                inferred_type_name=(match["type"] or "None").strip(),
                default=match["value"].strip(),
                help=(match["help"] or "").strip(),
            )
            for match in found
            if match is not None
        ]


papermill_translators.register("typescript", TypeScriptTranslator)


class Engine(NBClientEngine):
    """papermill's own way to run a notebook."""
