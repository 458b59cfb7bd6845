// The commune field suggests as one types (ARIA APG, combobox with list autocomplete). Without this file it is a plain form.
const DELAY = 120;
let fields = 0;

function combobox(input) {
  const goes = input.dataset.submit !== "no";
  const box = input.parentElement;
  const list = document.createElement("ul");
  list.id = `communes-${++fields}`;
  list.className = "suggestions";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Communes proposées");
  list.hidden = true;
  const status = document.createElement("p");
  status.className = "visually-hidden";
  status.setAttribute("role", "status");
  box.append(list, status);
  box.classList.add("has-suggestions");
  for (const [name, value] of Object.entries({
    role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id,
  })) input.setAttribute(name, value);

  let results = [], active = -1, timer, request;

  const close = () => {
    list.hidden = true;
    active = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const choose = (index) => {
    const result = results[index];
    if (!result) return;
    if (goes) { location.assign(result.url); return; }
    input.value = `${result.nom} (${result.departement})`;
    close();
  };
  const highlight = (index) => {
    active = index;
    [...list.children].forEach((item, place) => item.setAttribute("aria-selected", String(place === index)));
    const item = list.children[index];
    if (item) {
      input.setAttribute("aria-activedescendant", item.id);
      item.scrollIntoView({ block: "nearest" });
    } else input.removeAttribute("aria-activedescendant");
  };
  const show = () => {
    list.replaceChildren(...results.map((result, index) => {
      const item = document.createElement("li");
      item.id = `${list.id}-${index}`;
      item.setAttribute("role", "option");
      item.setAttribute("aria-selected", "false");
      const place = document.createElement("small");
      place.textContent = ` ${result.departement} · ${result.population.toLocaleString("fr-FR")} hab.`;
      item.append(result.nom.replaceAll("'", "’"), place);
      item.addEventListener("mousedown", (event) => { event.preventDefault(); choose(index); });
      return item;
    }));
    list.hidden = results.length === 0;
    input.setAttribute("aria-expanded", String(results.length > 0));
    status.textContent = results.length ? (results.length > 1 ? `${results.length} communes proposées.` : "Une commune proposée.") : "Aucune commune proposée.";
  };
  const ask = async () => {
    const text = input.value.trim();
    request?.abort();
    if (text.length < 2) { results = []; close(); return; }
    request = new AbortController();
    try {
      const answer = await fetch(`${input.dataset.communes}?limit=7&q=${encodeURIComponent(text)}`, { signal: request.signal });
      if (!answer.ok) return;
      results = (await answer.json()).results;
      active = -1;
      show();
    } catch { /* typed further, or no network: the form still works */ }
  };
  input.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(ask, DELAY); });
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    const open = !list.hidden;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (!open) { if (results.length) show(); return; }
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      highlight((active + step + results.length) % results.length);
    } else if (event.key === "Escape" && open) { event.preventDefault(); close(); }
    else if (event.key === "Enter" && open && active >= 0) { event.preventDefault(); choose(active); }
  });
}

document.querySelectorAll("input[data-communes]").forEach(combobox);
// A filter left empty says nothing: it stays out of the address.
document.querySelectorAll("form.filters").forEach((form) => form.addEventListener("formdata", (event) => {
  for (const [name, value] of [...event.formData]) if (value === "") event.formData.delete(name);
}));
// The selection: what is ticked is counted at once, and follows to the other pages of the list.
document.querySelectorAll("[data-picks]").forEach((bar) => {
  const form = bar.querySelector("button").form;
  const count = bar.querySelector("[data-picks-count]"), size = bar.querySelector("[data-picks-size]");
  const UNITS = ["octets", "Kio", "Mio", "Gio"];
  const said = (bytes) => {
    const unit = bytes < 1024 ? 0 : bytes < 1024 ** 2 ? 1 : bytes < 1024 ** 3 ? 2 : 3;
    return `${(bytes / 1024 ** unit).toLocaleString("fr-FR", { maximumFractionDigits: unit && 1, minimumFractionDigits: unit && 1 })} ${UNITS[unit]}`;
  };
  const update = () => {
    const picked = [...form.elements].filter((one) => one.name === "r" && (one.checked || one.type === "hidden"));
    const bytes = picked.reduce((sum, one) => sum + Number(one.dataset.size || 0), 0);
    bar.hidden = picked.length === 0;
    count.textContent = picked.length > 1 ? `${picked.length} documents choisis` : `${picked.length} document choisi`;
    size.textContent = picked.length ? `, environ ${said(bytes)}` : "";
    document.querySelectorAll(".pagination a, .chips a, form.filters .row a").forEach((link) => {
      const address = new URL(link.href);
      address.searchParams.delete("r");
      picked.forEach((one) => address.searchParams.append("r", one.value));
      link.href = address;
    });
  };
  document.addEventListener("change", (event) => { if (event.target.name === "r") update(); });
  addEventListener("pageshow", update);
  update();
});
