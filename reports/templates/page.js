/* What the scripts of a report share, and what every page does: it fetches nothing and keeps nothing. */
var page = (function () {
  "use strict";

  function byId(id) { return document.getElementById(id); }
  function all(selector, within) { return Array.prototype.slice.call((within || document).querySelectorAll(selector)); }

  /* A part of the address as it was meant, or as it stands where it is malformed. */
  function decoded(text) { try { return decodeURIComponent(text); } catch (error) { return text; } }

  /* Hands a text over as a file. */
  function download(name, parts, type) {
    var link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob(parts, { type: type }));
    link.download = name;
    document.body.appendChild(link);
    link.click();
    link.remove();
    setTimeout(function () { URL.revokeObjectURL(link.href); }, 10000);
  }

  /* Printing opens what is folded, and folds it again; a text longer than its field is printed whole. */
  var opened = [];
  window.addEventListener("beforeprint", function () {
    opened = all("details:not([open])");
    opened.forEach(function (part) { part.open = true; });
    all("textarea").forEach(function (area) { area.style.height = Math.max(area.scrollHeight + 4, area.offsetHeight) + "px"; });
  });
  window.addEventListener("afterprint", function () {
    opened.forEach(function (part) { part.open = false; });
    opened = [];
  });

  /* A link into a folded part opens it. */
  function unfold() {
    var place = location.hash.length > 1 && byId(decoded(location.hash.slice(1)));
    for (var part = place; part; part = part.parentElement) { if (part.tagName === "DETAILS") { part.open = true; } }
  }

  var FORMULA = /^[=+\-@\t\r\uFF1D\uFF0B\uFF0D\uFF20]/;
  var NUMBER = /^-?\d+(\.\d+)?$/;

  /* A spreadsheet must take no cell for a formula; a number may keep its sign. */
  function csvCell(text) {
    var safe = FORMULA.test(text) && !NUMBER.test(text) ? "'" + text : text;
    return "\"" + safe.replace(/"/g, "\"\"") + "\"";
  }

  /* Hands rows of texts over as a table that a spreadsheet reads as UTF-8. */
  function downloadTable(name, rows) {
    var lines = rows.map(function (row) { return row.map(csvCell).join(","); });
    download(name, ["\uFEFF", lines.join("\r\n") + "\r\n"], "text/csv;charset=utf-8");
  }

  window.addEventListener("hashchange", unfold);
  unfold();
  return { all: all, byId: byId, decoded: decoded, download: download, downloadTable: downloadTable };
}());
