// Courtesies of handing in: files may be dropped on their field; one tick ticks all. Without this script both work by hand.
"use strict";
(() => {
  for (const place of document.querySelectorAll("[data-drop]")) {
    const field = place.querySelector("input[type=file]");
    const over = (on) => (event) => {
      event.preventDefault();
      place.classList.toggle("is-over", on);
    };
    place.querySelector(".jn-drop__here").hidden = false;
    place.addEventListener("dragover", over(true));
    place.addEventListener("dragleave", over(false));
    place.addEventListener("drop", (event) => {
      over(false)(event);
      if (event.dataTransfer.files.length) field.files = event.dataTransfer.files;
      field.focus();
    });
  }
  for (const all of document.querySelectorAll("[data-all]")) {
    const rows = [...all.form.querySelectorAll(`[name=${all.dataset.all}]`)];
    all.addEventListener("change", () => rows.forEach((row) => { row.checked = all.checked; }));
    rows.forEach((row) => row.addEventListener("change", () => { if (!row.checked) all.checked = false; }));
  }
})();
