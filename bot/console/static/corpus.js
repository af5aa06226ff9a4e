// What is marked in a sentence goes into the field of the name, for the procedure that it names.


const alias = document.getElementById("alias");

function marked() {
  const field = document.activeElement;
  if (field?.matches("input[data-sentence]")) return field.value.slice(field.selectionStart, field.selectionEnd);
  const selection = document.getSelection();
  const sentence = selection?.anchorNode?.parentElement?.closest("[data-sentence]");
  return sentence?.contains(selection.focusNode) ? selection.toString() : "";
}

if (alias)
  document.addEventListener("selectionchange", () => {
    const words = marked().trim();
    if (words.length > 1 && words.length <= alias.maxLength) alias.value = words;
  });
