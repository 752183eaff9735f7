// What both pages draw with. Text is only ever set as text.
"use strict";

const number = new Intl.NumberFormat("vi-VN");
const at = (id) => document.getElementById(id);

function element(name, text, more = {}) {
  const made = Object.assign(document.createElement(name), more);
  if (text !== undefined) made.textContent = text;
  return made;
}

function both(vi, en) {
  const made = document.createDocumentFragment();
  made.append(`${vi} `, element("small", en, { lang: "en" }));
  return made;
}
