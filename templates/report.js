"use strict";
// Sorts tables, finds rows and shows the numbers of a bar. The page is complete without it. Text is only set as text.
(() => {
  const make = (name, properties) => Object.assign(document.createElement(name), properties);

  // Cells with a number have it in data-value; empty values are last in both directions.
  const valueOf = (row, at) => {
    const cell = row.cells[at];
    if ("value" in cell.dataset) return cell.dataset.value;
    const texts = [...cell.querySelectorAll(".text")];
    return texts.length ? texts.map((text) => text.textContent).join(" ") : cell.textContent;
  };
  const compare = (a, b, isNumeric) => isNumeric ? Number(a) - Number(b) : a < b ? -1 : a > b ? 1 : 0;

  const sort = (table, head, at) => {
    const body = table.tBodies[0];
    const rows = [...body.rows].map((row) => ({ row, value: valueOf(row, at) }));
    const isNumeric = rows.every(({ value }) => value === "" || value === "-" || !Number.isNaN(Number(value)));
    const was = head.getAttribute("aria-sort");
    // The first click sorts numbers descending and names ascending.
    const isDown = was === null ? isNumeric && "metric" in head.dataset : was === "ascending";
    for (const other of head.parentElement.cells) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", isDown ? "descending" : "ascending");
    const isMissing = (value) => value === "" || (isNumeric && value === "-");
    rows.sort((a, b) => isMissing(a.value) - isMissing(b.value) ||
      (isMissing(a.value) ? 0 : (isDown ? -1 : 1) * compare(a.value, b.value, isNumeric)));
    body.append(...rows.map(({ row }) => row));
  };

  const find = (table) => {
    const input = make("input", { type: "search", autocomplete: "off", spellcheck: false });
    const label = make("label", { textContent: "Find rows" });
    const shown = make("span", { className: "faint" });
    shown.setAttribute("role", "status");
    label.append(input);
    const line = make("div", { className: "find" });
    line.append(label, shown);
    table.parentElement.before(line);
    input.addEventListener("input", () => {
      const wanted = input.value.toLowerCase();
      let found = 0;
      for (const row of table.tBodies[0].rows) {
        row.hidden = !row.querySelector(".key").textContent.toLowerCase().includes(wanted);
        found += row.hidden ? 0 : 1;
      }
      shown.textContent = wanted === "" ? "" : `${found} of ${table.tBodies[0].rows.length} rows`;
    });
  };

  for (const table of document.querySelectorAll("table")) {
    const rows = table.tBodies[0].rows;
    if (rows.length > 1 && table.dataset.section !== "lines") {
      [...table.tHead.rows[0].cells].forEach((head, at) => {
        const button = make("button", { type: "button", textContent: head.textContent });
        button.addEventListener("click", () => sort(table, head, at));
        head.replaceChildren(button);
      });
    }
    if (rows.length >= (table.querySelector(".rank") ? 8 : 24)) find(table);
  }

  // Shows the numbers of the bar under the pointer, or of the one chosen with the arrow keys.
  for (const chart of document.querySelectorAll(".timeline, .histogram")) {
    const tip = make("div", { className: "tip" });
    tip.setAttribute("role", "status");
    chart.parentElement.append(tip);
    const points = [...chart.querySelectorAll(".point")];
    const told = points.map((point) => {
      const title = point.querySelector("title");
      title.remove();
      return title.textContent;
    });
    // Remove the titles, because the browser's own tooltip would cover ours.
    chart.setAttribute("aria-label", chart.querySelector(":scope > title").textContent);
    chart.setAttribute("aria-describedby", chart.querySelector(":scope > desc").id);
    chart.removeAttribute("aria-labelledby");
    chart.querySelector(":scope > title").remove();
    let at = -1;
    const show = (next) => {
      points[at]?.classList.remove("at");
      at = next;
      points[at]?.classList.add("at");
      tip.textContent = told[at] ?? "";
      if (at < 0) return;
      const box = points[at].getBoundingClientRect();
      const whole = chart.parentElement.getBoundingClientRect();
      const left = box.left + box.width / 2 - whole.left - tip.offsetWidth / 2;
      tip.style.left = `${Math.max(0, Math.min(left, whole.width - tip.offsetWidth))}px`;
    };
    points.forEach((point, number) => point.addEventListener("pointerenter", () => show(number)));
    chart.addEventListener("pointerleave", () => show(-1));
    chart.addEventListener("blur", () => show(-1));
    chart.tabIndex = 0;
    chart.addEventListener("keydown", (event) => {
      const to = { ArrowRight: at + 1, ArrowLeft: at < 0 ? points.length - 1 : at - 1, Home: 0, End: points.length - 1, Escape: -1 }[event.key];
      if (to === undefined) return;
      event.preventDefault();
      show(to === -1 && event.key !== "Escape" ? 0 : Math.min(to, points.length - 1));
    });
  }
})();
