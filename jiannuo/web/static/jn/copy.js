// Buttons that copy a field: <button data-copy="id" data-done="Copied" hidden>. Without script the field is copied by hand.
for (const button of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    const field = document.getElementById(button.dataset.copy);
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
      button.textContent = button.dataset.done;
    } catch {
      button.hidden = true; // the browser forbids it; the text is selected
    }
  });
}
