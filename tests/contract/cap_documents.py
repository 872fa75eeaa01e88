"""CAP messages to compare schemas with: a full one, ways to change it, and generated ones."""

import copy
from collections.abc import Callable

from hypothesis import strategies as st
from lxml import etree

CAP = "urn:oasis:names:tc:emergency:cap:1.2"
DSIG = "http://www.w3.org/2000/09/xmldsig#"
XSI = "http://www.w3.org/2001/XMLSchema-instance"

FULL = f"""<alert xmlns="{CAP}">
  <identifier>cd-1</identifier><sender>duty@example.org</sender>
  <sent>2026-08-20T09:00:00+01:00</sent><status>Exercise</status><msgType>Update</msgType>
  <source>desk</source><scope>Public</scope><restriction>none</restriction>
  <addresses>a b</addresses><code>one</code><code>two</code><note>SILVER RAIN</note>
  <references>duty@example.org,cd-0,2026-08-20T08:00:00+01:00</references>
  <incidents>mill-lane</incidents>
  <info>
    <language>en-GB</language><category>Safety</category><category>Infra</category>
    <event>Water</event><responseType>Monitor</responseType><urgency>Expected</urgency>
    <severity>Minor</severity><certainty>Likely</certainty><audience>all</audience>
    <eventCode><valueName>n</valueName><value>v</value></eventCode>
    <effective>2026-08-20T09:00:00+01:00</effective><onset>2026-08-20T09:00:00-00:00</onset>
    <expires>2026-08-20T21:00:00+01:00</expires><senderName>Council</senderName>
    <headline>Water off</headline><description>Burst main.</description>
    <instruction>Store water.</instruction><web>https://example.org/a</web>
    <contact>0800</contact><parameter><valueName>n</valueName><value>v</value></parameter>
    <resource><resourceDesc>map</resourceDesc><mimeType>image/png</mimeType><size>12</size>
      <uri>https://example.org/m.png</uri><derefUri>AAAA</derefUri><digest>00</digest></resource>
    <area><areaDesc>Mill Lane</areaDesc><polygon>52,0 52,1 51,1 52,0</polygon>
      <circle>52,0 5</circle><geocode><valueName>n</valueName><value>v</value></geocode>
      <altitude>10</altitude><ceiling>20.5</ceiling></area>
  </info>
  <info>
    <category>Met</category><event>Wind</event><urgency>Future</urgency>
    <severity>Unknown</severity><certainty>Possible</certainty>
  </info>
  <d:Signature xmlns:d="{DSIG}" Id="s"><d:SignedInfo>x</d:SignedInfo></d:Signature>
</alert>"""


# Every element of a full message, changed one at a time


def parent_of(element: etree._Element) -> etree._Element:
    parent = element.getparent()
    assert parent is not None
    return parent


def drop(element: etree._Element) -> None:
    parent_of(element).remove(element)


def twice(element: etree._Element) -> None:
    element.addnext(copy.deepcopy(element))


def swap(element: etree._Element) -> None:
    following = element.getnext()
    if following is not None:
        following.addnext(element)


def to_front(element: etree._Element) -> None:
    parent_of(element).insert(0, element)


def to_back(element: etree._Element) -> None:
    parent = parent_of(element)
    parent.insert(len(parent), element)


def unwrap(element: etree._Element) -> None:
    for child in reversed(element):
        element.addnext(child)
    drop(element)


def wrap(element: etree._Element) -> None:
    inner = copy.deepcopy(element)
    for child in list(element):
        element.remove(child)
    element.text = ""
    element.append(inner)


def retag(name: str) -> Callable[[etree._Element], None]:
    def change(element: etree._Element) -> None:
        element.tag = name

    return change


def attribute(name: str, value: str) -> Callable[[etree._Element], None]:
    def change(element: etree._Element) -> None:
        element.set(name, value)

    return change


def text(make: Callable[[str], str]) -> Callable[[etree._Element], None]:
    def change(element: etree._Element) -> None:
        element.text = make(element.text or "")

    return change


def tail(value: str) -> Callable[[etree._Element], None]:
    def change(element: etree._Element) -> None:
        element.tail = value

    return change


def comment_inside(element: etree._Element) -> None:
    comment = etree.Comment("by the way")
    comment.tail = "" if len(element) else "x"
    element.append(comment)


def empty(element: etree._Element) -> None:
    element[:] = []
    element.text = None


CHANGES: dict[str, Callable[[etree._Element], None]] = {
    "drop": drop,
    "twice": twice,
    "swap": swap,
    "to the front": to_front,
    "to the back": to_back,
    "unwrap": unwrap,
    "wrap": wrap,
    "empty": empty,
    "comment inside": comment_inside,
    "unknown name": retag(f"{{{CAP}}}nonsense"),
    "known name, wrong place": retag(f"{{{CAP}}}note"),
    "named value": retag(f"{{{CAP}}}value"),
    "no namespace": retag("event"),
    "CAP 1.1": retag("{urn:oasis:names:tc:emergency:cap:1.1}event"),
    "foreign": retag("{urn:example}event"),
    "attribute": attribute("id", "a"),
    "foreign attribute": attribute("{urn:example}id", "a"),
    "xml:lang": attribute("{http://www.w3.org/XML/1998/namespace}lang", "en"),
    "xml:id": attribute("{http://www.w3.org/XML/1998/namespace}id", "a"),
    "nil": attribute(f"{{{XSI}}}nil", "true"),
    "not nil": attribute(f"{{{XSI}}}nil", "false"),
    "unknown xsi": attribute(f"{{{XSI}}}nonsense", "a"),
    "schema location": attribute(f"{{{XSI}}}noNamespaceSchemaLocation", "none.xsd"),
    "space before": text(lambda old: " " + old),
    "space after": text(lambda old: old + "\n\t "),
    "only space": text(lambda old: "  "),
    "no-break space": text(lambda old: old + "\xa0"),
    "lower case": text(str.lower),
    "upper case": text(str.upper),
    "other text": text(lambda old: "other"),
    "number": text(lambda old: "12"),
    "word of another list": text(lambda old: "Unknown"),
    "text behind": tail("stray"),
    "space behind": tail(" \n"),
    "no-break space behind": tail("\xa0"),
}


# Messages nobody thought of

# How often each child may come, in order; only what a leaf holds needs more than text.
GRAMMAR = {
    "alert": "identifier sender sent status msgType source? scope restriction? addresses? code*"
    " note? references? incidents? info*",
    "info": "language? category+ event responseType* urgency severity certainty audience?"
    " eventCode* effective? onset? expires? senderName? headline? description? instruction? web?"
    " contact? parameter* resource* area*",
    "resource": "resourceDesc mimeType size? uri? derefUri? digest?",
    "area": "areaDesc polygon* circle* geocode* altitude? ceiling?",
    **dict.fromkeys(("eventCode", "parameter", "geocode"), "valueName value"),
}
COUNTS = {"?": (0, 1), "*": (0, 2), "+": (1, 3)}
DATES = st.datetimes().map(lambda moment: moment.strftime("%Y-%m-%dT%H:%M:%S-00:00").zfill(25))
WORDS = {
    "status": "Actual Exercise System Test Draft",
    "msgType": "Alert Update Cancel Ack Error",
    "scope": "Public Restricted Private",
    "category": "Geo Met Safety Security Rescue Fire Health Env Transport Infra CBRNE Other",
    "responseType": "Shelter Evacuate Prepare Execute Avoid Monitor Assess AllClear None",
    "urgency": "Immediate Expected Future Past Unknown",
    "severity": "Extreme Severe Moderate Minor Unknown",
    "certainty": "Observed Likely Possible Unlikely Unknown",
}
LEAVES = {
    **{name: st.sampled_from(words.split()) for name, words in WORDS.items()},
    **dict.fromkeys(("sent", "effective", "onset", "expires"), DATES),
    **dict.fromkeys(("altitude", "ceiling"), st.decimals(-9999, 9999, places=2).map(str)),
    **dict.fromkeys(("web", "uri"), st.sampled_from(["https://example.org/a", "a/b", "", "cid:x"])),
    "language": st.from_regex(r"[a-z]{1,8}(-[A-Z0-9]{1,8})?", fullmatch=True),
    "size": st.integers().map(str),
}
TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["C"]), max_size=12)


@st.composite
def elements(draw: st.DrawFn, name: str = "alert") -> etree._Element:
    element = etree.Element(f"{{{CAP}}}{name}")
    if name not in GRAMMAR:
        element.text = draw(LEAVES.get(name, TEXT))
    for item in GRAMMAR.get(name, "").split():
        least, most = COUNTS.get(item[-1], (1, 1))
        for _ in range(draw(st.integers(least, most))):
            element.append(draw(elements(item.rstrip("?*+"))))
    return element
