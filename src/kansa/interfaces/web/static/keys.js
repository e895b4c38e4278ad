// The keyboard: rows, places to go, the primary act. Nothing here while typing or while an input method is composing.
(() => {
  "use strict";
  document.documentElement.classList.add("script");
  const places = { t: "/", c: "/cases", s: "/screening", f: "/flags", n: "/tenants", e: "/end-users", d: "/devices", i: "/sites", a: "/authorizations", h: "/coherence", w: "/gate", o: "/sources", l: "/ledger", p: "/packages", m: "/controls", r: "/rules", u: "/settings" };
  const byId = (id) => document.getElementById(id);
  const rows = () => [...document.querySelectorAll("[data-rows] a.row")];
  let going = false;

  const step = (by) => {
    const all = rows();
    if (!all.length) return;
    const at = all.indexOf(document.activeElement);
    const next = all[at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + by, 0), all.length - 1)];
    next.focus();
    next.scrollIntoView({ block: "nearest" });
  };
  const press = (id) => {
    const found = byId(id);
    if (found) found.click();
    return Boolean(found);
  };
  const typing = (target) => target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);

  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229) return;
    if ((event.ctrlKey || event.metaKey) && event.key === "Enter") {
      if (press("primary")) event.preventDefault();
      return;
    }
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      byId("find")?.focus();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") {
      const palette = byId("palette");
      if (palette) palette.replaceChildren();
      document.activeElement?.blur();
      return;
    }
    if (event.target.id === "find" && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      const first = document.querySelector("#palette a");
      if (first) { event.preventDefault(); first.focus(); }
      return;
    }
    if (event.target.closest?.("#palette") && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      const all = [...document.querySelectorAll("#palette a")];
      const at = all.indexOf(document.activeElement) + (event.key === "ArrowDown" ? 1 : -1);
      event.preventDefault();
      (all[at] ?? byId("find")).focus();
      return;
    }
    if (typing(event.target) && event.target.type !== "radio" && event.target.type !== "checkbox") return;
    if (going) {
      going = false;
      if (places[event.key]) location.assign(places[event.key]);
      return;
    }
    const number = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
    if (number) { number.click(); number.focus(); event.preventDefault(); return; }
    switch (event.key) {
      case "g": going = true; setTimeout(() => { going = false; }, 1500); break;
      case "j": step(1); break;
      case "k": step(-1); break;
      case "/": (byId("filter") ?? byId("find"))?.focus(); break;
      case "u": press("up"); break;
      case "v": press("verify-go"); break;
      case "[": press("previous"); break;
      case "]": press("following") || press("next"); break;
      case "r": byId("reasons")?.focus(); break;
      case "?": location.assign("/help/keys"); break;
      default: return;
    }
    event.preventDefault();
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-copy]");
    if (!button) return;
    navigator.clipboard.writeText(byId(button.dataset.copy).textContent).then(() => { button.textContent = button.dataset.copied; });
  });
})();
