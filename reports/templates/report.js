/* The list of claims on the overview and the panel's opinion on a dossier; without it every figure can still be read. */
(function () {
  "use strict";
  var all = page.all, byId = page.byId, decoded = page.decoded;

  /* ---- the list of claims on the overview ---- */

  function said(cell) {
    var value = cell.getAttribute("data-v");
    return value === null ? cell.textContent.trim() : value;
  }

  function fold(text) { return text.normalize("NFKC").toLowerCase(); }

  /* Sums in whole fen: exact up to ninety thousand billion yuan. */
  function yuan(fen) {
    var whole = String(Math.floor(fen / 100)).replace(/\B(?=(\d{3})+$)/g, ",");
    return whole + "." + String(fen % 100).padStart(2, "0");
  }

  function startList(table) {
    var body = table.tBodies[0];
    var heads = all("th", table.tHead);
    var paid = heads.findIndex(function (head) { return head.textContent.trim() === "建议补贴"; });
    /* Of a long list the rows beyond the first lie folded in a table of their own: a browser lays out what is open. */
    var rest = byId("claim-rest");
    var most = body.rows.length;
    var folded = rest ? rest.querySelector("tbody") : null;
    var rows = all("tr", body).concat(rest ? all("tr", folded) : []).map(function (row, place) {
      return { row: row, place: place, keys: row.getAttribute("data-f").split(" "), text: fold(row.textContent),
        fen: Number(said(row.cells[paid]).replace(".", "")) };
    });
    var boxes = all("input[type=checkbox]", byId("list-tools"));
    var groups = all("fieldset", byId("list-tools")).map(function (part) { return all("input", part); });
    var search = byId("list-search");
    var order = { column: -1, down: false };
    var collator = new Intl.Collator("zh-CN", { numeric: true });

    function ticked() {
      return groups.map(function (group) {
        return group.filter(function (box) { return box.checked; }).map(function (box) { return box.value; });
      });
    }

    function has(row, values) { return !values.length || values.some(function (v) { return row.keys.indexOf(v) >= 0; }); }

    function refresh() {
      var words = fold(search.value).split(/\s+/).filter(Boolean);
      var chosen = ticked();
      var counts = {};
      var shown = 0;
      var fen = 0;
      rows.forEach(function (one) {
        var isFound = words.every(function (word) { return one.text.indexOf(word) >= 0; });
        var fits = chosen.map(function (values) { return has(one, values); });
        var misses = fits.filter(function (fit) { return !fit; }).length;
        one.isShown = isFound && misses === 0;
        if (one.row.hidden === one.isShown) { one.row.hidden = !one.isShown; }
        if (one.isShown) { shown += 1; fen += one.fen; }
        /* The count of a value says how many rows it would show beside what is chosen in the other groups. */
        groups.forEach(function (group, place) {
          if (isFound && (misses === 0 || (misses === 1 && !fits[place]))) {
            one.keys.forEach(function (key) { counts[place + " " + key] = (counts[place + " " + key] || 0) + 1; });
          }
        });
      });
      groups.forEach(function (group, place) {
        group.forEach(function (box) {
          box.parentElement.querySelector(".number").textContent = String(counts[place + " " + box.value] || 0);
        });
      });
      arrange();
      byId("list-status").textContent = "显示 " + shown + " 份，共 " + rows.length + " 份；建议补贴或保留额度合计 " + yuan(fen) + " 元";
    }

    /* Rows in their order: what fits into the open table there, the others into the folded one, in order once it is open. */
    function arrange() {
      if (!rest) { fill(body, rows); return; }
      var open = [];
      var others = [];
      rows.forEach(function (one) { (one.isShown && open.length < most ? open : others).push(one); });
      others.forEach(function (one) { if (one.row.parentNode === body) { folded.appendChild(one.row); } });
      if (rest.open) { fill(folded, others); }
      fill(body, open);
      var count = others.filter(function (one) { return one.isShown; }).length;
      rest.hidden = count === 0;
      rest.querySelector(".number").textContent = String(count);
    }

    function fill(part, wanted) {
      var there = part.firstElementChild;
      wanted.forEach(function (one) {
        if (there === one.row) { there = there.nextElementSibling; } else { part.insertBefore(one.row, there); }
      });
    }

    function sort() {
      var column = order.column;
      var isNumber = column >= 0 && heads[column].getAttribute("data-sort") === "n";
      rows.sort(function (a, b) {
        if (column < 0) { return a.place - b.place; }
        var one = said(a.row.cells[column]);
        var two = said(b.row.cells[column]);
        /* What is not known stands last, whichever way the order runs. */
        if (one === "" || two === "") { return (one === "") - (two === "") || a.place - b.place; }
        var way = isNumber ? Number(one) - Number(two) : collator.compare(one, two);
        return (order.down ? -way : way) || a.place - b.place;
      });
      heads.forEach(function (head, place) {
        head.setAttribute("aria-sort", place !== column ? "none" : order.down ? "descending" : "ascending");
      });
    }

    /* The state stands in the address: a view can be sent on or kept. */
    function remember() {
      var parts = [];
      var values = [].concat.apply([], ticked());
      if (search.value) { parts.push("q=" + encodeURIComponent(search.value)); }
      if (values.length) { parts.push("f=" + values.join(",")); }
      if (order.column >= 0) { parts.push("s=" + order.column + (order.down ? "-" : "+")); }
      history.replaceState(null, "", "#" + (parts.join("&") || "claims"));
    }

    function recall() {
      var state = {};
      location.hash.slice(1).split("&").forEach(function (part) {
        var cut = part.indexOf("=");
        if (cut > 0) { state[part.slice(0, cut)] = part.slice(cut + 1); }
      });
      if (!("q" in state || "f" in state || "s" in state)) { return; }
      var values = (state.f || "").split(",");
      boxes.forEach(function (box) { box.checked = values.indexOf(box.value) >= 0; });
      search.value = decoded(state.q || "");
      var sorted = /^(\d+)([+-])$/.exec(state.s || "");
      order = { column: sorted && Number(sorted[1]) < heads.length ? Number(sorted[1]) : -1, down: !!sorted && sorted[2] === "-" };
      sort();
      refresh();
      byId("claims").scrollIntoView();
    }

    function change() { refresh(); remember(); }

    heads.forEach(function (head, place) {
      var button = document.createElement("button");
      button.type = "button";
      button.textContent = head.textContent;
      head.textContent = "";
      head.appendChild(button);
      head.setAttribute("aria-sort", "none");
      button.addEventListener("click", function () {
        order = { column: place, down: order.column === place && !order.down };
        sort();
        arrange();
        remember();
      });
    });
    boxes.forEach(function (box) { box.addEventListener("change", change); });
    search.addEventListener("input", change);
    byId("list-clear").addEventListener("click", function () {
      boxes.forEach(function (box) { box.checked = false; });
      search.value = "";
      order = { column: -1, down: false };
      sort();
      change();
    });
    byId("list-csv").addEventListener("click", function () {
      var lines = [heads.map(function (head) { return head.textContent; })];
      rows.forEach(function (one) { if (one.isShown) { lines.push(all("td", one.row).map(said)); } });
      page.downloadTable("兑现申请.csv", lines);
    });
    if (rest) {
      rest.addEventListener("toggle", arrange);
      window.addEventListener("beforeprint", arrange);
    }
    window.addEventListener("hashchange", recall);
    byId("list-tools").hidden = false;
    refresh();
    recall();
  }

  /* ---- the panel's opinion on a dossier ---- */

  function field(id) { return byId(id) ? byId(id).value.trim().replace(/\s+/g, " ") : ""; }

  /* The first thing that `hesuan decide` would refuse, with the field to be mended; null where nothing is. */
  function fault(sheet, said) {
    var least = Number(sheet.getAttribute("data-reason-length"));
    var isOverride = sheet.getAttribute("data-disposition") === "reject" && (said.decision === "approve" || said.decision === "adjust");
    if (!said.decision) { return ["请选择结论。", null]; }
    if (said.decision === "adjust" && !/^\d+(\.\d{1,2})?$/.test(said.adjusted_yuan || "")) { return ["核减须填核定金额，形如 1234.56。", "adjusted"]; }
    if (said.decision !== "adjust" && said.adjusted_yuan) { return ["核定金额只在核减时填写。", "adjusted"]; }
    if (said.decision === "adjust" && !isOverride && Number(said.adjusted_yuan) > Number(said.proposed_subsidy_yuan)) { return ["核定金额不得高于建议补贴 " + said.proposed_subsidy_yuan + " 元。", "adjusted"]; }
    if (Array.from(said.reason || "").length < least) { return ["理由不足" + least + "字。", "reason"]; }
    if (isOverride && Array.from(said.override_reason || "").length < least) { return ["系统建议不予，通过或核减须写推翻理由，不少于" + least + "字。", "override"]; }
    if (!said.panellist) { return ["请填专家姓名。", "panellist"]; }
    return null;
  }

  function startOpinion(sheet) {
    var status = byId("opinion-status");
    byId("opinion-export").addEventListener("click", function () {
      var chosen = sheet.querySelector("input[name=decision]:checked");
      var said = {
        schema: "hesuan.decision/1",
        claim_id: JSON.parse(sheet.getAttribute("data-claim")),
        check_code: sheet.getAttribute("data-code"),
        proposed_subsidy_yuan: sheet.getAttribute("data-proposed"),
        panellist: field("panellist") || null,
        decision: chosen ? chosen.value : null,
        adjusted_yuan: field("adjusted") || null,
        reason: field("reason") || null,
        override_reason: field("override") || null
      };
      var wrong = fault(sheet, said);
      all("[aria-invalid]", sheet).forEach(function (part) { part.removeAttribute("aria-invalid"); });
      if (wrong) {
        status.textContent = wrong[0];
        if (wrong[1]) { byId(wrong[1]).setAttribute("aria-invalid", "true"); byId(wrong[1]).focus(); }
        return;
      }
      var name = "审核意见-" + sheet.getAttribute("data-stem") + "-" + said.panellist.replace(/[\\/:*?"<>|.\s]/g, "_") + ".json";
      page.download(name, [JSON.stringify(said, null, 2) + "\n"], "application/json");
      status.textContent = "已导出 " + name + "。";
    });
    byId("opinion-print").addEventListener("click", function () { window.print(); });
    byId("opinion-buttons").hidden = false;
  }

  if (byId("claim-list")) { startList(byId("claim-list")); }
  if (byId("opinion-sheet")) { startOpinion(byId("opinion-sheet")); }
}());
