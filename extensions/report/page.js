/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sorting, searching and folding. All text is set by textContent, and nothing is fetched. */
"use strict";
(function () {
	const parts = [...document.querySelectorAll("details.part")];
	const rows = [...document.querySelectorAll("tbody tr")];

	function make(tag, text) {
		const element = document.createElement(tag);
		element.textContent = text;
		return element;
	}

	/* ---- folding ---- */
	function fold(open) {
		for (const part of parts)
			part.open = open;
	}
	function follow() {
		const part = document.getElementById(decodeURIComponent(location.hash.slice(1)));
		if (part && part.tagName === "DETAILS")
			part.open = true;
	}
	window.addEventListener("hashchange", follow);
	let before = [];
	window.addEventListener("beforeprint", function () {
		before = parts.map((part) => part.open);
		fold(true);
	});
	window.addEventListener("afterprint", function () {
		parts.forEach((part, i) => { part.open = before[i]; });
	});

	/* ---- searching ---- */
	const opened = new Set();
	function search(word) {
		const wanted = word.trim().toLowerCase();
		for (const row of rows)
			row.classList.toggle("hidden", wanted !== "" && !row.textContent.toLowerCase().includes(wanted));
		for (const part of parts) {
			const text = part.textContent.toLowerCase();
			const found = wanted === "" || text.includes(wanted);
			part.classList.toggle("hidden", !found);
			if (wanted !== "" && found && !part.open) {
				part.open = true;
				opened.add(part);
			} else if (wanted === "" && opened.delete(part)) {
				part.open = false;
			}
		}
	}

	/* ---- sorting ---- */
	function value(row, column) {
		const cell = row.cells[column];
		const text = cell ? cell.textContent : "";
		if (cell && cell.classList.contains("x"))
			return BigInt("0x" + text);
		const number = cell && cell.classList.contains("n") ? parseFloat(text) : NaN;
		return Number.isNaN(number) ? text : number;
	}
	function compare(a, b) {
		const kinds = [typeof a === "string", typeof b === "string"];
		if (kinds[0] !== kinds[1])
			return kinds[0] ? 1 : -1;
		if (kinds[0])
			return a.localeCompare(b, "en", { numeric: true });
		return a < b ? -1 : a > b ? 1 : 0;
	}
	function sort(head, column) {
		const body = head.closest("table").tBodies[0];
		const down = head.getAttribute("aria-sort") === "ascending";
		const sorted = [...body.rows].map((row) => ({ row: row, value: value(row, column) }));
		sorted.sort((a, b) => (down ? -1 : 1) * compare(a.value, b.value));
		for (const other of head.parentNode.cells)
			other.removeAttribute("aria-sort");
		head.setAttribute("aria-sort", down ? "descending" : "ascending");
		for (const entry of sorted)
			body.appendChild(entry.row);
	}
	for (const head of document.querySelectorAll("th")) {
		head.classList.add("sorts");
		head.tabIndex = 0;
		head.title = "sort";
		head.addEventListener("click", () => sort(head, head.cellIndex));
		head.addEventListener("keydown", function (event) {
			if (event.key === "Enter" || event.key === " ") {
				event.preventDefault();
				sort(head, head.cellIndex);
			}
		});
	}

	/* ---- tools, which need script ---- */
	const tools = make("div", "");
	const box = make("input", "");
	const open = make("button", "Open all");
	const shut = make("button", "Fold all");
	tools.className = "tools";
	box.type = "search";
	box.placeholder = "Search";
	box.setAttribute("aria-label", "Search in all parts");
	box.addEventListener("input", () => search(box.value));
	open.type = "button";
	shut.type = "button";
	open.addEventListener("click", () => fold(true));
	shut.addEventListener("click", () => fold(false));
	tools.append(box, open, shut);
	document.querySelector("nav").append(tools);
	follow();
})();
