"""The aspects documents and form: papers by case, what is handed in and what is shown, notes apart from papers."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.knowledge.answers import texts
from bot.knowledge.answers.context import office_of
from bot.knowledge.answers.section import Section, one_or_list
from bot.knowledge.answers.wording import Wording, name_of, unique
from bot.knowledge.records import Document, DocumentCase, ProcedureRecord

# Resolution 66.7/2025: what the national databases hold must not be asked for.
_IDENTITY = r"(?:căn cước|chứng minh (?:thư )?nhân dân|cmnd|cmtnd|cccd)"
_IN_DATABASE = re.compile(
    r"sổ hộ khẩu|sổ tạm trú|hộ khẩu gia đình"
    rf"|(?:bản sao|bản chụp|sao y|photo|phô tô)[^.;]{{0,90}}(?<!kiểu )(?<!số )(?<!trừ ){_IDENTITY}",
    re.IGNORECASE,
)
_IDENTITY_CARD = re.compile(rf"^(?:giấy |thẻ )*{_IDENTITY}", re.IGNORECASE)
_EXCEPT = re.compile(r"\((?:trừ|không bao gồm)[^)]*\)|,\s*trừ [^.;]*", re.IGNORECASE)
_FORM_LIKE = re.compile(
    r"^(?:tờ khai|đơn\b|mẫu\b|phiếu (?:yêu cầu|khai|đề nghị)|giấy đề nghị|văn bản đề nghị)", re.IGNORECASE
)
_LEADING = re.compile(r"^(?:[\s\-–+*•·.!]+\)?|\(?[ivx]{1,4}\)\s*|[a-zđ]\)\s*|\d{1,2}[.)]\s+)+", re.IGNORECASE)
# Headings that the portal stores as cases: they name no case.
_HEADING = re.compile(
    r"^\W*(?:(?:các )?(?:giấy tờ|hồ sơ|tài liệu)(?: (?:phải|cần))? (?:nộp|xuất trình)|thành phần hồ sơ"
    r"|hồ sơ (?:bao )?gồm)\b"
    r"[^a-zđ]*$",
    re.IGNORECASE,
)
_IF = re.compile(
    r"^(?:trường hợp|nếu|đối với|khi)\b|trong trường hợp|\(nếu (?!có\b)|\(?nếu có\)?[\s.;,]*$"
    r"|^(?:giấy|văn bản|hợp đồng) [uủ][yỷ] quyền\b",
    re.IGNORECASE,
)
_GROUP = re.compile(
    r"^(?:các )?(?:giấy|hồ sơ|tài liệu|thành phần|đơn|tờ|văn bản|một trong|bản|báo cáo|danh)\b", re.IGNORECASE
)
_NOTE_WORD = re.compile(r"^(?:lưu ý|ghi chú|chú ý)\s*:\s*(?=\S)", re.IGNORECASE)
_SHOW = re.compile(r"xuất trình", re.IGNORECASE)


def documents(record: ProcedureRecord, wording: Wording) -> Section:
    """Which papers."""
    name = name_of(record)
    cases = [(case, _papers(case)) for case in record.cases]
    general = [paper for case, papers in cases if _is_general(case) for paper in papers]
    special = [(case, papers) for case, papers in cases if not _is_general(case) and papers]
    notes = _notes(record, wording)
    if not general and not special:
        section = Section("documents", texts.DOCUMENTS_NONE.format(name=name), more=notes)
        section.always.append(texts.ASK_OFFICE.format(office=office_of(record, wording)))
        return section
    if not general and len(special) == 1:
        general, special = special[0][1], []
    cased = not all(_GROUP.match(_LEADING.sub("", case.name or "")) for case, _ in special)
    template = texts.DOCUMENTS_REST if cased else texts.DOCUMENTS_REST_GROUPS
    rest = template.format(count=len(special)) if special else ""
    always = [paper for paper in _once(general) if not _depends(paper)]
    some = len(_once(general)) - len(always)
    if always:
        rest = (texts.DOCUMENTS_SOME.format(count=some) if some else "") + rest
        first = texts.DOCUMENTS_ONE.format(name=name, count=len(always), rest=rest)
    elif general:
        first = texts.DOCUMENTS_ALL_IF.format(name=name, count=some, rest=rest)
    else:
        first = (texts.DOCUMENTS_CASES if cased else texts.DOCUMENTS_GROUPS).format(name=name, count=len(special))
    lines = _listed(general, wording)
    for case, papers in special:
        lines.append(texts.DOCUMENTS_CASE.format(name=_case_name(case, wording)))
        lines += _listed(papers, wording)
    return Section("documents", first, lines, more=notes)


def _papers(case: DocumentCase) -> list[Document]:
    show = case.name is not None and _HEADING.match(case.name) and _SHOW.search(case.name)
    papers = [document for document in case.documents if document.kind == "document"]
    return [paper.model_copy(update={"present": "show"}) for paper in papers] if show else papers


def _is_general(case: DocumentCase) -> bool:
    return case.name is None or bool(_HEADING.match(case.name))


def _once(papers: Iterable[Document]) -> list[Document]:
    return list({(paper.name, paper.present): paper for paper in papers}.values())


def _depends(paper: Document) -> bool:
    """Whether a paper is wanted only sometimes, by its fields or by how it begins."""
    if paper.only_if or paper.required is False or in_database(paper):
        return True
    return bool(_IF.search(_LEADING.sub("", paper.name)))


def in_database(paper: Document) -> bool:
    """Whether a paper only tells what the national databases hold: a household book, a copy of the identity card."""
    if paper.present == "show":
        return False
    name = _EXCEPT.sub("", _LEADING.sub("", paper.name))
    return bool(_IN_DATABASE.search(name) or _IDENTITY_CARD.match(name))


def _listed(papers: list[Document], wording: Wording) -> list[str]:
    """What everybody hands in, then what is shown, then what depends on the case."""
    papers = _once(papers)
    groups = (
        (texts.DOCUMENTS_SUBMIT, [p for p in papers if p.present == "submit" and not _depends(p)]),
        (texts.DOCUMENTS_SHOW, [p for p in papers if p.present == "show" and not _depends(p)]),
        (texts.DOCUMENTS_IF, [p for p in papers if p.present == "submit" and _depends(p)]),
        (texts.DOCUMENTS_SHOW_IF, [p for p in papers if p.present == "show" and _depends(p)]),
    )
    filled = [(heading, [_line(paper, wording) for paper in group]) for heading, group in groups if group]
    if len(filled) == 1 and filled[0][0] in (texts.DOCUMENTS_SUBMIT, texts.DOCUMENTS_IF):
        return filled[0][1]
    return [line for heading, lines in filled for line in (heading, *lines)]


def _line(paper: Document, wording: Wording) -> str:
    name = _LEADING.sub("", wording.say(paper.name)).replace("\n", " ").rstrip(" .;:,")
    remarks = []
    if paper.originals:
        remarks.append(texts.DOCUMENT_ORIGINALS.format(count=paper.originals))
    if paper.copies:
        remarks.append(texts.DOCUMENT_COPIES.format(count=paper.copies))
    if paper.form and paper.form.lower() not in name.lower():
        remarks.append(texts.DOCUMENT_FORM)
    if paper.only_if:
        remarks.append(texts.DOCUMENT_ONLY_IF.format(when=wording.say(paper.only_if).rstrip(".")))
    elif paper.required is False:
        remarks.append(texts.DOCUMENT_OPTIONAL)
    if in_database(paper):
        remarks.append(texts.DOCUMENT_IN_DATABASE)
    return f"• {name[:1].upper()}{name[1:]}" + (f" ({'; '.join(remarks)})" if remarks else "")


def _case_name(case: DocumentCase, wording: Wording) -> str:
    name = _LEADING.sub("", wording.say(case.name or "")).replace("\n", " ").rstrip(" .:;*")
    return name[:1].upper() + name[1:]


def _notes(record: ProcedureRecord, wording: Wording) -> list[str]:
    notes = unique(
        f"– {_LEADING.sub('', _NOTE_WORD.sub('', _LEADING.sub('', wording.say(item.name))))}"
        for case in record.cases
        for item in case.documents
        if item.kind == "note"
    )
    return [texts.DOCUMENTS_NOTES, *notes] if notes else []


def forms(record: ProcedureRecord, wording: Wording) -> Section:
    """Which forms, and where they are found."""
    name = name_of(record)
    papers = [paper for case in record.cases for paper in _papers(case)]
    found = unique(
        _LEADING.sub("", wording.say(paper.name)).replace("\n", " ").rstrip(" .;:,")
        + (f" ({paper.form})" if paper.form and paper.form.lower() not in paper.name.lower() else "")
        for paper in papers
        if paper.form or _FORM_LIKE.match(_LEADING.sub("", paper.name))
    )
    if not found:
        section = Section("form", texts.FORM_NONE.format(name=name))
        section.always.append(texts.ASK_OFFICE.format(office=office_of(record, wording)))
        return section
    url = record.provenance.source_url
    filed = any(paper.form for paper in papers)
    several = (texts.FORM_LONG if len(found) == 1 else texts.FORM_MANY).format(name=name, count=len(found))
    section = one_or_list("form", texts.FORM_ONE.format(name=name, form=found[0]), several, found)
    section.always.append(texts.FORM_WHERE.format(url=url) if url and filed else texts.FORM_COUNTER)
    return section
