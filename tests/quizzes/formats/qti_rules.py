"""What the published schema of QTI 2.1 (final, 2012) says of the elements that we write, as facts.

For each element: which children in which order, whether text may stand between them, which attributes it
takes and which of them it needs. A name that is not here is not written by us, so it is a fault too.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

NAME = r"[A-Za-z_][\w.-]*"
NUMBER = r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?"
INLINE_NAMES = (
    "img br object em a code span sub acronym big tt kbd q i dfn abbr strong sup var small samp b cite"
)
BLOCK_NAMES = "pre h1 h2 h3 h4 h5 h6 p address dl ol ul hr blockquote table div"
INTERACTIONS = "choiceInteraction matchInteraction extendedTextInteraction"


def any_of(*names: str) -> str:
    return f"(({'|'.join(' '.join(names).split())}) )*"


INLINE = any_of(INLINE_NAMES, "textEntryInteraction")
FLOW_ONLY = any_of(INLINE_NAMES, BLOCK_NAMES)
FLOW = any_of(INLINE_NAMES, BLOCK_NAMES, "textEntryInteraction", INTERACTIONS)
EXPRESSIONS = "variable baseValue isNull not equal stringMatch patternMatch gte gt mapResponse"
EXPRESSION = f"(({'|'.join(EXPRESSIONS.split())}) )"
RULES = "((setOutcomeValue|responseCondition) )*"
RESPONSE = {"responseIdentifier!": "RESPONSE"}
BOOLEAN = "true|false"
MIXED = dict.fromkeys(["h1", "h2", "h3", "h4", "h5", "h6", "p", "pre", "address", "dt", "caption"], INLINE)
MIXED |= dict.fromkeys(INLINE_NAMES.replace("img br object", "").split(), INLINE)
MIXED |= dict.fromkeys(["div", "li", "dd", "td", "th", "object"], FLOW)
MIXED |= dict.fromkeys(["simpleChoice", "simpleAssociableChoice", "modalFeedback", "rubricBlock"], FLOW_ONLY)
MIXED |= dict.fromkeys(["value", "baseValue"], "")
CHILDREN = {
    "assessmentItem": "(responseDeclaration )*(outcomeDeclaration )*(itemBody )?(responseProcessing )?(modalFeedback )*",
    "responseDeclaration": "(correctResponse )?(mapping )?",
    "outcomeDeclaration": "(defaultValue )?",
    "correctResponse": "(value )+",
    "defaultValue": "(value )+",
    "mapping": "(mapEntry )+",
    "itemBody": any_of(BLOCK_NAMES, INTERACTIONS, "rubricBlock"),
    "blockquote": any_of(BLOCK_NAMES, INTERACTIONS),
    "choiceInteraction": "(simpleChoice )+",
    "matchInteraction": "(simpleMatchSet ){2}",
    "simpleMatchSet": "(simpleAssociableChoice )*",
    "responseProcessing": RULES,
    "responseCondition": "responseIf (responseElseIf )*(responseElse )?",
    "responseIf": EXPRESSION + RULES,
    "responseElseIf": EXPRESSION + RULES,
    "responseElse": RULES,
    "setOutcomeValue": EXPRESSION,
    "isNull": EXPRESSION,
    "not": EXPRESSION,
    "patternMatch": EXPRESSION,
    "equal": EXPRESSION + "{2}",
    "stringMatch": EXPRESSION + "{2}",
    "gt": EXPRESSION + "{2}",
    "gte": EXPRESSION + "{2}",
    "table": "(caption )?(col )*(colgroup )*(thead )?(tfoot )?(tbody )+",
    "thead": "(tr )+",
    "tbody": "(tr )+",
    "tfoot": "(tr )+",
    "tr": "((td|th) )+",
    "ul": "(li )*",
    "ol": "(li )*",
    "dl": "((dt|dd) )*",
}
EMPTY = "mapEntry variable mapResponse textEntryInteraction extendedTextInteraction br hr img col"
CHILDREN |= dict.fromkeys(EMPTY.split(), "")
# A ! marks an attribute that the schema requires; the pattern is that of its value. An xs:anyURI has none.
BASE = "identifier|string|float|directedPair"
ATTRIBUTES: dict[str, dict[str, str]] = {
    "assessmentItem": {
        "identifier!": ".+",
        "title!": ".*",
        "label": ".{0,256}",
        "adaptive!": BOOLEAN,
        "timeDependent!": BOOLEAN,
        "toolName": ".{0,256}",
    },
    "responseDeclaration": {"identifier!": NAME, "cardinality!": "single|multiple", "baseType": BASE},
    "outcomeDeclaration": {"identifier!": NAME, "cardinality!": "single|multiple", "baseType": BASE},
    "mapping": {"lowerBound": NUMBER, "upperBound": NUMBER, "defaultValue": NUMBER},
    "mapEntry": {"mapKey!": ".*", "mappedValue!": NUMBER, "caseSensitive": BOOLEAN},
    "choiceInteraction": RESPONSE | {"shuffle": BOOLEAN, "maxChoices": r"\d+"},
    "matchInteraction": RESPONSE | {"shuffle": BOOLEAN, "maxAssociations": r"\d+"},
    "extendedTextInteraction": RESPONSE,
    "textEntryInteraction": RESPONSE,
    "simpleChoice": {"identifier!": NAME},
    "simpleAssociableChoice": {"identifier!": NAME, "matchMax!": r"\d+"},
    "rubricBlock": {"view!": "author|candidate|proctor|scorer|testConstructor|tutor"},
    "modalFeedback": {"outcomeIdentifier!": NAME, "identifier!": NAME, "showHide!": "show|hide"},
    "setOutcomeValue": {"identifier!": NAME},
    "variable": {"identifier!": NAME},
    "mapResponse": {"identifier!": NAME},
    "baseValue": {"baseType!": BASE},
    "equal": {"toleranceMode!": "exact|absolute|relative", "tolerance": f"{NUMBER}( {NUMBER})?"},
    "stringMatch": {"caseSensitive!": BOOLEAN, "substring": BOOLEAN},
    "patternMatch": {"pattern!": ".*"},
    "img": {"src!": "", "alt!": ".*", "width": "[0-9]+%?", "height": "[0-9]+%?"},
    "a": {"href!": ""},
    "object": {"data!": ".*", "type!": r"[^()<>@,;:\\\"/\[\]?=\s]+/[^()<>@,;:\\\"/\[\]?=\s]+"},
    "td": {"colspan": r"\d+", "rowspan": r"\d+"},
    "th": {"colspan": r"\d+", "rowspan": r"\d+"},
    "div": {"class": ".*"},
}
ADDRESSES = ("src", "href")
NAMESPACE = "{http://www.imsglobal.org/xsd/imsqti_v2p1}"
PACKAGE = "{http://www.imsglobal.org/xsd/imscp_v1p1}"
LOM = "{http://ltsc.ieee.org/xsd/LOM}"
# The QTI 2.1 profile of content packaging 1.2 (2014) and the loose binding of LOM 1.3.
IN_MANIFEST = {
    f"{PACKAGE}manifest": ("metadata organizations resources ", {"identifier"}),
    f"{PACKAGE}organizations": ("", set()),
    f"{PACKAGE}resources": ("(resource )*", set()),
    f"{PACKAGE}resource": ("(metadata )?(file )*", {"identifier", "type", "href"}),
    f"{PACKAGE}file": ("", {"href"}),
    f"{PACKAGE}metadata": ("schema schemaversion |lom ", set()),
    f"{PACKAGE}schema": ("", set()),
    f"{PACKAGE}schemaversion": ("", set()),
    f"{LOM}lom": ("((general|classification) )*", set()),
    f"{LOM}general": ("(keyword )*", set()),
    f"{LOM}classification": ("(taxonPath )*", set()),
    f"{LOM}taxonPath": ("(taxon )*", set()),
    f"{LOM}taxon": ("(entry )*", set()),
    f"{LOM}keyword": ("(string )*", set()),
    f"{LOM}entry": ("(string )*", set()),
    f"{LOM}string": ("", set()),
}


def faults(item: Element) -> list[str]:
    """Return where an item leaves what the schema says."""
    found = [f"root {item.tag}"] if item.tag != NAMESPACE + "assessmentItem" else []
    for node in item.iter():
        found += _faults_of(node)
    names = [node.get("identifier") for node in item.iter() if node.tag.endswith("}responseDeclaration")]
    if len(names) != len(set(names)):
        found.append(f"response declared twice: {names}")
    return found


def _faults_of(node: Element) -> list[str]:
    if not node.tag.startswith(NAMESPACE):
        return [f"namespace of {node.tag}"]
    name = node.tag.removeprefix(NAMESPACE)
    model = MIXED.get(name, CHILDREN.get(name))
    if model is None:
        return [f"<{name}> is not of the schema"]
    found = []
    children = "".join(child.tag.removeprefix(NAMESPACE) + " " for child in node)
    if not re.fullmatch(model, children):
        found.append(f"<{name}> holds {children}")
    words = [node.text, *(child.tail for child in node)]
    if name not in MIXED and any(text and text.strip() for text in words):
        found.append(f"<{name}> holds text")
    rules = {key.rstrip("!"): pattern for key, pattern in ATTRIBUTES.get(name, {}).items()}
    needed = {key.rstrip("!") for key in ATTRIBUTES.get(name, {}) if key.endswith("!")}
    given = {key: value for key, value in node.attrib.items() if not key.startswith("{")}
    found += [f"<{name}> lacks {key}" for key in needed - given.keys()]
    for key, value in given.items():
        fits = is_uri(value) if key in ADDRESSES else re.fullmatch(rules.get(key, "(?!)"), value, re.DOTALL)
        if key not in rules or not fits:
            found.append(f'<{name}> has {key}="{value}"')
    return found


def is_uri(value: str) -> bool:
    """Say whether a value is an `xs:anyURI` that every validator takes (RFC 3986; blanks and letters as they are)."""
    if re.search(r"%(?![0-9A-Fa-f]{2})|[\x00-\x1f]|#.*#|^:", value):
        return False
    try:
        parts = urlsplit(value)
        parts.port  # noqa: B018 - asking for it checks it
    except ValueError:
        return False
    return not re.search(r"[\[\]]", parts.path + parts.query + parts.fragment)


def manifest_faults(root: Element, names: set[str]) -> list[str]:
    """Return where a manifest leaves its schema, or names a file that the package does not hold."""
    found = [f"root {root.tag}"] if root.tag != f"{PACKAGE}manifest" else []
    for node in root.iter():
        model, needed = IN_MANIFEST.get(node.tag, ("(?!)", set()))
        children = "".join(child.tag.rpartition("}")[2] + " " for child in node)
        if not re.fullmatch(model, children):
            found.append(f"<{node.tag}> holds {children}")
        if {key for key in node.attrib if not key.startswith("{")} != needed:
            found.append(f"<{node.tag}> has {sorted(node.attrib)}")
        if node.get("href") is not None and (not is_uri(node.get("href")) or node.get("href") not in names):
            found.append(f"no file {node.get('href')}")
    identifiers = [node.get("identifier") for node in root.iter() if node.get("identifier")]
    if len(set(identifiers)) < len(identifiers) or not all(re.fullmatch(NAME, name) for name in identifiers):
        found.append(f"identifiers {identifiers}")
    words = [root.findtext(f"{PACKAGE}metadata/{PACKAGE}{tag}") for tag in ("schema", "schemaversion")]
    kinds = {node.get("type") for node in root.iter(f"{PACKAGE}resource")}
    if words != ["QTIv2.1 Package", "1.0.0"] or kinds - {"imsqti_item_xmlv2p1"}:
        found.append(f"kind {words} {kinds}")
    return found
