// Asks without leaving the page: the answer comes piece by piece, and is then shown as the server
// draws it. Without this script the form does the same with a page load.
"use strict";

(() => {
  const form = document.getElementById("ask");
  if (!form) return;
  const box = document.getElementById("text");
  const talk = document.getElementById("talk");
  const state = document.getElementById("state");
  let asking = false;

  function bubble(text) {
    const line = document.createElement("li");
    line.textContent = text;
    talk.append(line);
    return line;
  }

  async function* events(answer) {
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "";
    for (;;) {
      const { value, done } = await reader.read();
      rest += value || "";
      const parts = rest.split("\n\n");
      rest = parts.pop();
      for (const part of parts) {
        const fields = {};
        for (const line of part.split("\n")) {
          const at = line.indexOf(":");
          if (at > 0) fields[line.slice(0, at)] = line.slice(at + 1).trimStart();
        }
        if (fields.event) yield [fields.event, JSON.parse(fields.data)];
      }
      if (done) return;
    }
  }

  async function ask(question) {
    const fields = new FormData(form);
    fields.delete("chip");
    fields.set("text", question);
    const asked = bubble(question);
    const told = bubble("");
    asking = true;
    state.textContent = "Looking it up …";
    if (box.value.trim() === question) box.value = ""; // what is typed from now on is the next one
    try {
      const answer = await fetch(form.dataset.stream, { method: "POST", body: fields, credentials: "same-origin" });
      if (!answer.ok || !(answer.headers.get("content-type") || "").startsWith("text/event-stream")) {
        throw new Error("the page is out of date; open it again");
      }
      for await (const [kind, data] of events(answer)) {
        if (kind === "token") told.textContent += data.text;
        if (kind === "error") throw new Error(data.detail);
        if (kind === "shown") {
          asked.remove();
          told.remove();
          talk.insertAdjacentHTML("beforeend", data.html);
          talk.lastElementChild.scrollIntoView({ block: "nearest" });
        }
        if (kind === "done") history.replaceState(null, "", `/desk/assistant/${data.session}`);
      }
      state.textContent = "";
    } catch (error) {
      asked.remove();
      told.remove();
      state.textContent = error.message;
      if (!box.value) box.value = question;
    }
    asking = false;
    box.focus();
  }

  form.addEventListener("submit", (event) => {
    const chip = event.submitter && event.submitter.name === "chip" ? event.submitter.value : "";
    const question = chip || box.value.trim();
    event.preventDefault();
    if (question && !asking) ask(question);
  });
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit();
  });
  document.addEventListener("keydown", (event) => {
    if (globalThis.isTyping(event)) return;
    if (event.key === "/") {
      event.preventDefault();
      box.focus();
    }
    if (event.key === "n") {
      const link = document.querySelector('[data-key="n"]');
      if (link) link.click();
    }
  });
})();
