"""The aspects documents and form: papers by case, what is handed in and what is shown, notes apart from papers."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.knowledge.answers import texts
from bot.knowledge.answers.money_and_time import office_of
from bot.knowledge.answers.section import Section
from bot.knowledge.answers.wording import Wording, name_of, unique
from bot.knowledge.records import Document, DocumentCase, ProcedureRecord

# Resolution 66.7/2025: what the national databases hold must not be asked for.
_IN_DATABASE = re.compile(
    r"sổ hộ khẩu|sổ tạm trú|(?:bản sao|bản chụp|photo)[^.;,]{0,60}(?:căn cước|chứng minh nhân dân|cmnd|cccd)",
    re.IGNORECASE,
)
_FORM_LIKE = re.compile(
    r"^(?:tờ khai|đơn\b|mẫu\b|phiếu (?:yêu cầu|khai|đề nghị)|giấy đề nghị|văn bản đề nghị)", re.IGNORECASE
)
_LEADING = re.compile(r"^[\s\-–+*•·.]+")


def documents(record: ProcedureRecord, wording: Wording) -> Section:
    """Which papers."""
    name = name_of(record)
    cases = [(case, _papers(case)) for case in record.cases]
    general = [paper for case, papers in cases if case.name is None for paper in papers]
    special = [(case, papers) for case, papers in cases if case.name is not None and papers]
    notes = _notes(record, wording)
    if not general and not special:
        section = Section("documents", texts.DOCUMENTS_NONE.format(name=name), more=notes)
        section.always.append(texts.ASK_OFFICE.format(office=office_of(record, wording)))
        return section
    count = len(_once(general))
    if general:
        rest = texts.DOCUMENTS_REST.format(count=len(special)) if special else ""
        template = texts.DOCUMENTS_GENERAL if special else texts.DOCUMENTS_ONE
        first = template.format(name=name, count=count, rest=rest)
    elif len(special) == 1:
        first = texts.DOCUMENTS_ONE.format(name=name, count=len(_once(special[0][1])))
    else:
        first = texts.DOCUMENTS_CASES.format(name=name, count=len(special))
    lines = _listed(general, wording)
    for case, papers in special:
        lines.append(texts.DOCUMENTS_CASE.format(name=_case_name(case, wording)))
        lines += _listed(papers, wording)
    return Section("documents", first, lines, more=notes)


def _papers(case: DocumentCase) -> list[Document]:
    return [document for document in case.documents if document.kind == "document"]


def _once(papers: Iterable[Document]) -> list[Document]:
    return list({(paper.name, paper.present): paper for paper in papers}.values())


def _listed(papers: list[Document], wording: Wording) -> list[str]:
    papers = _once(papers)
    submit = [_line(paper, wording) for paper in papers if paper.present == "submit"]
    show = [_line(paper, wording) for paper in papers if paper.present == "show"]
    lines = [texts.DOCUMENTS_SUBMIT, *submit] if submit and show else submit
    return lines + ([texts.DOCUMENTS_SHOW, *show] if show else [])


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
    if _IN_DATABASE.search(paper.name):
        remarks.append(texts.DOCUMENT_IN_DATABASE)
    return f"• {name[:1].upper()}{name[1:]}" + (f" ({'; '.join(remarks)})" if remarks else "")


def _case_name(case: DocumentCase, wording: Wording) -> str:
    name = _LEADING.sub("", wording.say(case.name or "")).replace("\n", " ").rstrip(" .:;*")
    name = re.sub(r"^trường hợp\s+", "", name, flags=re.IGNORECASE)
    return name[:1].lower() + name[1:] if name[:2].istitle() and not name[:3].isupper() else name


def _notes(record: ProcedureRecord, wording: Wording) -> list[str]:
    notes = unique(
        f"– {_LEADING.sub('', wording.say(item.name))}"
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
    where = texts.FORM_WHERE.format(url=url) if url else texts.FORM_COUNTER
    if len(found) == 1:
        return Section("form", texts.FORM_ONE.format(name=name, form=found[0]), always=[where])
    return Section(
        "form", texts.FORM_MANY.format(name=name, count=len(found)), [f"• {form}" for form in found], always=[where]
    )
