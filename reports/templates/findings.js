/* The list of findings: unpack, filter, count, sort, show what is in sight. Chromium 90 and later; nothing is fetched. */
(function () {
  "use strict";
  var ROW = 50, SPARE = 10, TOP = 12, PRINTED = 500;
  var FACETS = [["severity", "后果"], ["verdict", "结论"], ["rule", "规则"], ["provider", "服务机构"], ["applicant", "申领单位"]];
  var packed = document.getElementById("packed");
  if (!packed || typeof DecompressionStream === "undefined") { return; }

  var el = page.byId;
  /* On an English page what is Chinese in a text is marked as such: from its first character to its last. */
  var CHINESE = document.documentElement.lang === "en" ? /([\u3400-\u9fff](?:[^a-z<>&]{0,60}[\u3400-\u9fff])*)/ : null;
  function written(node, text) {
    if (!CHINESE) { node.textContent = text; return; }
    String(text).split(CHINESE).forEach(function (part, place) {
      var piece = place % 2 ? document.createElement("span") : document.createTextNode(part);
      if (place % 2) { piece.lang = "zh"; piece.textContent = part; }
      node.appendChild(piece);
    });
  }
  function made(tag, text, name) {
    var node = document.createElement(tag);
    if (text !== undefined && text !== null) { written(node, text); }
    if (name) { node.className = name; }
    return node;
  }
  function unpacked(text) {
    var raw = atob(text), bytes = new Uint8Array(raw.length), i;
    for (i = 0; i < raw.length; i++) { bytes[i] = raw.charCodeAt(i); }
    return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"))).text();
  }

  unpacked(packed.content.textContent.trim()).then(open, function (error) {
    el("waiting").textContent = "数据展不开：" + error + "。请改看数据库的 v_核验发现。";
  });

  function open(text) {
    var cut = text.indexOf("\n"), head = JSON.parse(text.slice(0, cut)), body = text.slice(cut + 1);
    text = null;
    var total = head.total, values = head.values, low = body.toLowerCase();
    // A letter whose small form is longer would shift the lines: then capitals are told apart.
    if (low.length !== body.length) { low = body; }
    var starts = new Int32Array(total + 1), i, at = 0;
    for (i = 0; i < total; i++) { starts[i] = at; at = body.indexOf("\n", at) + 1; }
    starts[total] = body.length + 1;
    var codes = {}, name;
    for (name in head.codes) { codes[name] = Int32Array.from(head.codes[name]); }
    var names = {};
    for (name in values) { names[name] = values[name].map(function (v) { return String(v[0] + " " + (name === "contract" || name === "claim" ? "" : v[1] || "")).toLowerCase(); }); }

    var chosen = {}, boxes = {}, order = Int32Array.from({ length: total }, function (_, n) { return n; });
    var shown = new Int32Array(total), shownCount = 0, sorted = "weight", falling = false, query = "", marked = -1;
    FACETS.forEach(function (facet) { chosen[facet[0]] = new Set(); });

    function line(row) {
      var whole = body.slice(starts[row], starts[row + 1] - 1), tab = whole.indexOf("\t");
      return [whole.slice(0, tab), whole.slice(tab + 1)];
    }
    function value(kind, row) { var code = codes[kind][row]; return code < 0 ? null : values[kind][code]; }

    /* Text: every word must occur in the finding's line, or in the words of one of its values. Words typed before are kept. */
    var kept = new Map();
    function hits() {
      var words = query.toLowerCase().split(/\s+/).filter(Boolean), all = null, found = new Map();
      words.forEach(function (sought) {
        var hit = kept.get(sought) || hitsOf(sought), k;
        all = all || new Uint8Array(total).fill(1);
        for (k = 0; k < total; k++) { all[k] &= hit[k]; }
        found.set(sought, hit);
      });
      kept = found;
      return all;
    }
    function hitsOf(sought) {
      var hit = new Uint8Array(total), row = 0, kind, k, list, column, any, place, stride;
      for (kind in names) {
        list = new Uint8Array(names[kind].length + 1); any = false;
        for (k = 0; k < names[kind].length; k++) { if (names[kind][k].indexOf(sought) >= 0) { list[k + 1] = 1; any = true; } }
        if (any) { column = codes[kind]; for (k = 0; k < total; k++) { hit[k] |= list[column[k] + 1]; } }
      }
      for (;;) {
        while (row < total && hit[row]) { row++; }
        place = row < total ? low.indexOf(sought, starts[row]) : -1;
        if (place < 0) { return hit; }
        /* The row of the place: strides that double, then halves. */
        stride = 1;
        while (row + stride < total && starts[row + stride] <= place) { row += stride; stride *= 2; }
        while (stride > 1) { stride >>= 1; if (row + stride < total && starts[row + stride] <= place) { row += stride; } }
        hit[row] = 1;
      }
    }

    /* Rows that pass everything are shown; a facet's counts leave its own choice out. Loops over one array each: fast. */
    function filter() {
      var hit = hits(), fails = new Uint8Array(total), failed = new Uint8Array(total), k, row;
      FACETS.forEach(function (facet, f) {
        var picked = chosen[facet[0]], column = codes[facet[0]], mask = new Uint8Array(values[facet[0]].length + 1), n;
        if (!picked.size) { return; }
        picked.forEach(function (code) { mask[code + 1] = 1; });
        for (n = 0; n < total; n++) { if (!mask[column[n] + 1]) { fails[n]++; failed[n] = f; } }
      });
      if (hit !== null) { for (k = 0; k < total; k++) { if (!hit[k]) { fails[k] = 9; } } }
      shownCount = 0;
      for (k = 0; k < total; k++) { row = order[k]; if (fails[row] === 0) { shown[shownCount++] = row; } }
      return FACETS.map(function (facet, f) {
        var column = codes[facet[0]], counts = new Int32Array(values[facet[0]].length + 1), own = chosen[facet[0]].size > 0, n;
        for (n = 0; n < shownCount; n++) { counts[column[shown[n]] + 1]++; }
        if (own) { for (n = 0; n < total; n++) { if (fails[n] === 1 && failed[n] === f) { counts[column[n] + 1]++; } } }
        return counts.subarray(1);
      });
    }

    function number(n) { return String(n).replace(/\B(?=(\d{3})+$)/g, ","); }
    function update(keepPlace) {
      var counts = filter();
      FACETS.forEach(function (facet, f) { boxes[facet[0]].count(counts[f]); });
      el("count").textContent = shownCount === total ? "全部 " + number(total) + " 条" : "显示 " + number(shownCount) + " 条，共 " + number(total) + " 条";
      if (!keepPlace) { el("list").scrollTop = 0; }
      drawn = "";
      draw();
      clearTimeout(later);
      later = setTimeout(remember, 250);
    }

    /* Facets */
    function facetBox(kind, title) {
      var box = made("fieldset"), list = values[kind], whole = new Int32Array(list.length), column = codes[kind], k, sought = "";
      for (k = 0; k < total; k++) { if (column[k] >= 0) { whole[column[k]]++; } }
      var ranked = list.map(function (_, code) { return code; });
      if (kind !== "severity" && kind !== "verdict") { ranked.sort(function (a, b) { return whole[b] - whole[a] || a - b; }); }
      var items = {}, holder = made("div"), more = made("p", "", "soft"), counted = whole;
      box.appendChild(made("legend", title));
      if (list.length > TOP) {
        var seek = made("input");
        seek.type = "search"; seek.placeholder = "在 " + number(list.length) + " 项中查找"; seek.setAttribute("aria-label", title + "：查找");
        seek.addEventListener("input", function () { sought = seek.value.trim().toLowerCase(); lay(); });
        box.appendChild(seek);
      }
      box.appendChild(holder); box.appendChild(more);
      function item(code) {
        if (items[code]) { return items[code]; }
        var label = made("label"), input = made("input"), said = list[code];
        input.type = "checkbox"; input.value = said[0];
        input.addEventListener("change", function () {
          if (input.checked) { chosen[kind].add(code); } else { chosen[kind].delete(code); }
          update();
        });
        var words = kind === "severity" || kind === "verdict" ? (said[2] ? said[2] + " " : "") + said[1] : kind === "rule" ? said[0] + " " + said[1] : said[1] || said[0];
        label.appendChild(input);
        label.appendChild(made("span", words));
        label.appendChild(made("b"));
        label.code = code;
        items[code] = label;
        return label;
      }
      function lay() {
        var listed = [], left = 0;
        ranked.forEach(function (code) {
          var wanted = chosen[kind].has(code) || !sought || names[kind][code].indexOf(sought) >= 0;
          if (wanted && (listed.length < TOP || chosen[kind].has(code))) { listed.push(code); } else if (wanted) { left++; }
        });
        holder.textContent = "";
        listed.forEach(function (code) { holder.appendChild(item(code)); });
        more.textContent = left ? "另有 " + number(left) + " 项" : "";
        show();
      }
      function show() {
        Array.prototype.forEach.call(holder.children, function (label) {
          var code = label.code;
          label.firstChild.checked = chosen[kind].has(code);
          label.lastChild.textContent = number(counted[code]);
          label.className = counted[code] ? "" : "none";
        });
      }
      lay();
      boxes[kind] = { lay: lay, count: function (counts) { counted = counts; show(); } };
      return box;
    }

    /* The list */
    var drawn = "";
    function chip(row) {
      var undecided = value("verdict", row)[0] === "unknown", severity = value("severity", row);
      return made("span", undecided ? "？ 资料不足" : severity[2] + " " + severity[1], "chip " + (undecided ? "undecided" : severity[0]));
    }
    function subject(row) {
      var claim = value("claim", row), text = line(row)[0], link;
      if (claim === null || !claim[1]) { return made("span", text); }
      link = made("a", claim[0]);
      link.href = claim[1];
      return link;
    }
    function tableRow(row, place) {
      var tr = made("tr"), rule = value("rule", row), provider = value("provider", row), contract = value("contract", row), td, link, button;
      tr.setAttribute("aria-rowindex", place + 2);
      if (row === marked) { tr.className = "marked"; }
      td = made("td"); td.appendChild(chip(row)); tr.appendChild(td);
      td = made("td"); link = made("a", rule[0]); link.href = rule[4]; td.appendChild(link); td.appendChild(made("em", rule[1])); tr.appendChild(td);
      td = made("td"); td.appendChild(subject(row)); if (contract !== null) { td.appendChild(made("em", contract[0])); } tr.appendChild(td);
      td = made("td"); td.appendChild(made("span", line(row)[1], "fact")); tr.appendChild(td);
      tr.appendChild(made("td", provider === null ? "—" : provider[1] || provider[0]));
      tr.appendChild(made("td", head.amount[row] || (rule[5] ? "未知" : "—"), "n"));
      td = made("td"); button = made("button", "看"); button.type = "button"; button.setAttribute("aria-label", "看全文：" + rule[0] + " " + line(row)[0]);
      button.addEventListener("click", function () { tell(row); }); td.appendChild(button); tr.appendChild(td);
      return tr;
    }
    function pad(height) {
      var tr = made("tr", null, "pad"), td = made("td");
      tr.setAttribute("aria-hidden", "true"); td.colSpan = 7; td.style.height = height + "px"; tr.appendChild(td);
      return tr;
    }
    function draw() {
      var box = el("list"), first = Math.max(0, Math.floor(box.scrollTop / ROW) - SPARE);
      var last = Math.min(shownCount, first + Math.ceil((box.clientHeight || 600) / ROW) + 2 * SPARE), key = first + " " + last;
      if (key === drawn) { return; }
      drawn = key;
      fill(first, last, true);
    }
    function fill(first, last, padded) {
      var body = el("rows"), part = document.createDocumentFragment(), k;
      if (padded && first) { part.appendChild(pad(first * ROW)); }
      for (k = first; k < last; k++) { part.appendChild(tableRow(shown[k], k)); }
      if (padded && last < shownCount) { part.appendChild(pad((shownCount - last) * ROW)); }
      body.textContent = "";
      body.appendChild(part);
      body.parentNode.setAttribute("aria-rowcount", shownCount + 1);
    }

    /* One finding in full */
    function tell(row) {
      var box = el("detail"), rule = value("rule", row), severity = value("severity", row), said = line(row);
      var undecided = value("verdict", row)[0] === "unknown", top = made("div", null, "top"), first = made("span"), p, list, link;
      marked = row;
      box.textContent = "";
      box.className = "finding " + (undecided ? "undecided" : severity[0]);
      first.appendChild(chip(row)); first.appendChild(document.createTextNode(" " + rule[0] + " " + rule[1]));
      top.appendChild(first);
      if (head.amount[row] || rule[5]) { top.appendChild(made("span", "涉及金额 " + (head.amount[row] ? head.amount[row] + " 元" : "未知"), "sum")); }
      box.appendChild(top); box.appendChild(made("p", said[1]));
      box.appendChild(made("p", "处理：" + (undecided ? severity[4] : severity[3]) + "　依据：" + rule[2] + "　对象：" + said[0]));
      box.appendChild(made("p", ["provider", "applicant", "contract"].map(function (kind, n) {
        var v = value(kind, row);
        return v === null ? "" : ["服务机构 ", "申领单位 ", "合同 "][n] + (v[1] ? v[1] + " " : "") + v[0];
      }).filter(Boolean).join("　"), "soft"));
      if (rule[3].length) {
        box.appendChild(made("p", "可能的正常原因："));
        list = made("ul"); rule[3].forEach(function (reason) { list.appendChild(made("li", reason)); }); box.appendChild(list);
      }
      p = made("p"); link = made("a", "规则说明"); link.href = rule[4]; p.appendChild(link);
      if (value("claim", row) !== null && value("claim", row)[1]) {
        link = made("a", "申请档案（含原始行）"); link.href = value("claim", row)[1]; p.appendChild(document.createTextNode("　")); p.appendChild(link);
      } else if (head.loose[row]) {
        link = made("a", "总览（含原始行）"); link.href = "index.html#" + head.loose[row]; p.appendChild(document.createTextNode("　")); p.appendChild(link);
      }
      box.appendChild(p);
      box.hidden = false; box.focus(); box.scrollIntoView({ block: "nearest" });
      drawn = ""; draw();
    }

    /* Sorting: by weight is the order of the pack. */
    function sort(by) {
      falling = by === sorted ? !falling : by === "amount";
      sorted = by;
      var key = by === "weight" ? null : by === "amount" ? head.amount.map(function (a) { return a ? Number(a.replace(/,/g, "").replace("−", "-")) : null; }) : codes[by];
      order = Int32Array.from({ length: total }, function (_, n) { return n; });
      order.sort(function (a, b) {
        if (key === null) { return falling ? b - a : a - b; }
        var x = key[a], y = key[b], noX = x === null || (by !== "amount" && x < 0), noY = y === null || (by !== "amount" && y < 0);
        if (noX || noY) { return noX - noY || a - b; }
        return (falling ? y - x : x - y) || a - b;
      });
      Array.prototype.forEach.call(document.querySelectorAll("[data-sort]"), function (button) {
        var is = button.getAttribute("data-sort") === by;
        button.parentNode.setAttribute("aria-sort", is ? (falling ? "descending" : "ascending") : "none");
      });
      update();
    }

    /* What is shown, as a table for a spreadsheet. */
    function csv() {
      var rows = ["发现编号,规则,名称,后果,结论,条款,对象,申请编号,合同编号,服务机构代码,服务机构,申领单位代码,申领单位,涉及金额_元,事实".split(",")], k, row;
      function both(kind, row) { var v = value(kind, row); return v === null ? ["", ""] : [v[0], v[1]]; }
      for (k = 0; k < shownCount; k++) {
        row = shown[k];
        var rule = value("rule", row), said = line(row);
        rows.push([rule[0] + ":" + said[0], rule[0], rule[1], value("severity", row)[1], value("verdict", row)[1], rule[2], said[0],
          both("claim", row)[0], both("contract", row)[0]].concat(both("provider", row), both("applicant", row),
          [head.amount[row].replace(/,/g, "").replace("−", "-"), said[1]]));
      }
      return rows;
    }

    /* The state stands in the address: #rule=REC-001,REC-003&q=… */
    var writing = "", later = 0;
    function remember() {
      var parts = FACETS.filter(function (f) { return chosen[f[0]].size; }).map(function (f) {
        return f[0] + "=" + Array.from(chosen[f[0]]).sort(function (a, b) { return a - b; }).map(function (code) { return encodeURIComponent(values[f[0]][code][0]); }).join(",");
      });
      if (query) { parts.push("q=" + encodeURIComponent(query)); }
      var next = parts.length ? "#" + parts.join("&") : "#";
      if (next === writing || (next === "#" && !location.hash)) { return; }
      writing = next;
      try { history.replaceState(null, "", next); } catch (refused) { /* An old browser refuses it on file: the list works all the same. */ }
    }
    function recall() {
      var asked = {}, parts = location.hash.replace(/^#/, "").split("&");
      parts.forEach(function (part) { var at = part.indexOf("="); if (at > 0) { asked[part.slice(0, at)] = part.slice(at + 1); } });
      FACETS.forEach(function (facet) {
        var wanted = (asked[facet[0]] || "").split(",").filter(Boolean).map(page.decoded);
        chosen[facet[0]] = new Set();
        values[facet[0]].forEach(function (said, code) { if (wanted.indexOf(said[0]) >= 0) { chosen[facet[0]].add(code); } });
        boxes[facet[0]].lay();
      });
      query = page.decoded(asked.q || "");
      el("search").value = query;
      update();
    }

    FACETS.forEach(function (facet) { el("facets").appendChild(facetBox(facet[0], facet[1])); });
    el("search").addEventListener("input", function () { query = el("search").value.trim(); update(); });
    el("clear").addEventListener("click", function () {
      FACETS.forEach(function (facet) { chosen[facet[0]].clear(); boxes[facet[0]].lay(); });
      query = ""; el("search").value = ""; update();
    });
    el("csv").addEventListener("click", function () { page.downloadTable("核验发现-" + packed.getAttribute("data-run") + ".csv", csv()); });
    el("list").addEventListener("scroll", draw);
    window.addEventListener("resize", draw);
    window.addEventListener("hashchange", function () { if (location.hash !== writing) { recall(); } });
    window.addEventListener("beforeprint", function () {
      var last = Math.min(shownCount, PRINTED);
      el("printed").textContent = last < shownCount ? "打印只含所筛 " + number(shownCount) + " 条中的前 " + number(last) + " 条；全部请用“导出 CSV”。" : "";
      fill(0, last, false);
    });
    window.addEventListener("afterprint", function () { el("printed").textContent = ""; drawn = ""; draw(); });
    Array.prototype.forEach.call(document.querySelectorAll("[data-sort]"), function (button) {
      button.parentNode.setAttribute("aria-sort", button.getAttribute("data-sort") === "weight" ? "ascending" : "none");
      button.addEventListener("click", function () { sort(button.getAttribute("data-sort")); });
    });
    el("desk").hidden = false; el("waiting").hidden = true; el("summary").hidden = true;
    recall();
    packed.remove();
    document.documentElement.setAttribute("data-ready", "yes");
  }
})();
