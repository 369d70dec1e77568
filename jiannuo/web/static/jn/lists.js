// Filters without losing one's place: htmx has put the new list in; the reader goes on at its heading, and a screen
// reader is told which part of how many is shown. Without this script every filter is a plain link or form.
"use strict";
(() => {
  const said = document.getElementById("jn-said");

  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.target.id !== "list" && event.detail.elt.id !== "list") return;
    const list = document.getElementById("list");
    const heading = list.querySelector("h1");
    heading.tabIndex = -1;
    heading.focus();
    if (said) said.textContent = list.dataset.said;
  });

  // What cannot be swapped is opened as a page of its own, with its own words.
  for (const name of ["htmx:responseError", "htmx:sendError", "htmx:timeout", "htmx:swapError"]) {
    document.addEventListener(name, (event) => {
      location.assign(event.detail.pathInfo ? event.detail.pathInfo.finalRequestPath : location.href);
    });
  }
})();
