"""What a JSON Schema cannot say about a request of ours. Only requests that are meant to be valid are touched."""

import schemathesis
from schemathesis import GenerationMode


@schemathesis.hook
def before_call(context, case, kwargs):
    if case.meta is None or case.meta.generation.mode != GenerationMode.POSITIVE or not case.query:
        return
    # A cursor is opaque: the only valid ones are those that the same list, in the same order, gave out. The API's own tests walk
    # every list with them; here they are sent as refused data only.
    case.query.pop("cursor", None)
    # At most one of the two: OpenAPI has no word for parameters that exclude each other.
    if "revision" in case.query:
        case.query.pop("at", None)
