"use strict";
const list = document.getElementById("list");
const key = document.getElementById("key");
const find = document.getElementById("find");

function make(name, text, attributes) {
  const node = document.createElement(name);
  if (text) node.textContent = text;
  Object.assign(node, attributes || {});
  return node;
}

function field(parameter) {
  const row = make("tr");
  const name = make("td");
  name.append(make("code", parameter.name + (parameter.required ? " *" : "")));
  const cell = make("td");
  const choices = parameter.schema.enum;
  const input = choices ? make("select") : make("input");
  if (choices) for (const each of ["", ...choices]) input.append(make("option", each, { value: each }));
  if (parameter.example && parameter.in === "path") input.value = parameter.example;
  input.dataset.name = parameter.name;
  input.dataset.place = parameter.in;
  input.setAttribute("aria-label", parameter.name);
  cell.append(input);
  row.append(name, cell, make("td", parameter.description));
  return row;
}

function bodyOf(operation, form) {
  if (!operation.requestBody) return;
  const content = operation.requestBody.content;
  const kinds = Object.keys(content);
  const json = kinds.length === 1 && kinds[0] === "application/json";
  const area = make("textarea", "", { className: "body" });
  area.setAttribute("aria-label", "Body");
  if (json && content[kinds[0]].example) area.value = JSON.stringify(content[kinds[0]].example, null, 2);
  area.dataset.json = json ? "1" : "";
  form.append(make("p", operation.requestBody.description), area);
  if (!json) {
    const file = make("input", "", { type: "file", className: "file" });
    file.setAttribute("aria-label", "File");
    form.append(file);
  }
}

async function send(method, path, form, shown) {
  let address = path;
  const query = new URLSearchParams();
  const headers = {};
  if (key.value) headers["X-Api-Key"] = key.value;
  for (const input of form.querySelectorAll("[data-name]")) {
    if (!input.value) continue;
    if (input.dataset.place === "path") address = address.replace("{" + input.dataset.name + "}", encodeURIComponent(input.value));
    else if (input.dataset.place === "query") query.append(input.dataset.name, input.value);
    else headers[input.dataset.name] = input.value;
  }
  const area = form.querySelector(".body");
  const file = form.querySelector(".file");
  let body;
  if (area) {
    body = file && file.files.length ? file.files[0] : area.value;
    headers["Content-Type"] = area.dataset.json ? "application/json" : "application/octet-stream";
    if (file && file.files.length) headers["X-Filename"] = encodeURIComponent(file.files[0].name);
  }
  if (query.size) address += "?" + query;
  shown.textContent = "…";
  try {
    const answer = await fetch(address, { method, headers, body });
    let text = await answer.text();
    if ((answer.headers.get("Content-Type") || "").includes("json")) {
      try { text = JSON.stringify(JSON.parse(text), null, 2); } catch { /* shown as it came */ }
    }
    shown.textContent = answer.status + " " + answer.statusText + "\n\n" + text;
  } catch (error) {
    shown.textContent = "no answer: " + error.message;
  }
}

function operationNode(path, method, operation) {
  const box = make("details");
  box.dataset.words = (path + " " + operation.summary + " " + operation.description).toLowerCase();
  const head = make("summary");
  head.append(make("span", method.toUpperCase(), { className: "method" }), make("code", path), " " + operation.summary);
  const form = make("form");
  form.append(make("p", operation.description));
  const table = make("table");
  for (const each of operation.parameters || []) table.append(field(each));
  form.append(table);
  bodyOf(operation, form);
  const shown = make("pre");
  form.append(make("button", "Send"), shown);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send(method.toUpperCase(), path, form, shown);
  });
  box.append(head, form);
  return box;
}

function show(description) {
  list.replaceChildren();
  for (const tag of description.tags) {
    const part = make("section");
    part.append(make("h2", tag.name), make("p", tag.description));
    for (const [path, methods] of Object.entries(description.paths))
      for (const [method, operation] of Object.entries(methods))
        if (operation.tags[0] === tag.name) part.append(operationNode(path, method, operation));
    list.append(part);
  }
}

find.addEventListener("input", () => {
  const words = find.value.toLowerCase().split(/\s+/);
  for (const box of list.querySelectorAll("details"))
    box.hidden = !words.every((word) => box.dataset.words.includes(word));
});

fetch("/openapi.json")
  .then((answer) => answer.json())
  .then(show)
  .catch((error) => list.replaceChildren(make("p", "The description cannot be read: " + error.message)));
