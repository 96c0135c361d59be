package check

import (
	"strings"
)

// textKind says what a text is, which decides how far its words are trusted.
type textKind int

const (
	codeText   textKind = iota // a literal of the script
	proseText                  // a comment or docstring
	queryText                  // a condition of a query, whose words are those of an attacker's commands
	fileText                   // another file of a bundle
	hiddenText                 // what base64 or hex decoded to
)

// hit is a credential or an ambiguous value inside a text: text[start:end].
type hit struct {
	start, end int
	rule       string // empty for an ambiguous value
	shape      shape
	reading
}

// scan judges a text by itself: unique shapes, named values, and what the words around ambiguous values say.
func scan(text string, kind textKind) []hit {
	if len(text) < 6 {
		return nil
	}
	lower := strings.ToLower(text)
	var hits []hit
	for _, h := range findUnique(text, lower) {
		hits = append(hits, hit{start: h.start, end: h.end, rule: h.rule})
	}
	if kind != queryText {
		hits = append(hits, scanNamed(text, lower, kind)...)
	}
	for _, m := range findShapes(text) {
		if overlaps(hits, m.start, m.end) {
			continue
		}
		hits = append(hits, hit{start: m.start, end: m.end, shape: m.shape, reading: readAround(text, m)})
	}
	countAlike(hits)
	return hits
}

// findUnique gives what only a credential looks like.
func findUnique(text, lower string) []shapeHit {
	hits := findPrivateKeys(text)
	hits = append(hits, findUserinfo(text)...)
	hits = append(hits, findDefenseKeys(text)...)
	hits = append(hits, findTokens(text, lower)...)
	for _, h := range findAuthHeaders(text, lower) {
		covered := false
		for _, other := range hits {
			covered = covered || other.start < h.end && h.start < other.end
		}
		if !covered {
			hits = append(hits, h)
		}
	}
	return hits
}

func overlaps(hits []hit, start, end int) bool {
	for _, h := range hits {
		if h.start < end && start < h.end {
			return true
		}
	}
	return false
}

// countAlike makes three or more unexplained values of one shape in one text a list of indicators.
func countAlike(hits []hit) {
	count := map[shape]int{}
	for _, h := range hits {
		if h.rule == "" {
			count[h.shape]++
		}
	}
	for i, h := range hits {
		if h.rule == "" && h.sense == neutral && count[h.shape] >= 3 {
			hits[i].reading = reading{sense: indicator, why: "one of several in a text"}
		}
	}
}

var (
	namedValue = newExpression(`([A-Za-z][A-Za-z0-9_.-]*(?: [A-Za-z][A-Za-z0-9_-]*)?)["'\x60\])]{0,2}[ \t]*(=>|:=|==|!=|[:=]|\bis\b)[ \t]*`)
	flagValue  = newExpression(`(?:^|\s)--?([A-Za-z][A-Za-z0-9-]+)(?:[ \t]+|=)`)
	shortFlag  = newExpression(`(?:^|\s)-a[ \t]+["']?([A-Za-z0-9/-]{30,70})`)
	curlUser   = newExpression(`(?:^|\s)(?:-u|--user)[ \t]+["']?([^\s"':]+):([^\s"']+)`)
	hintWords  = [...]string{"pass", "pwd", "secret", "token", "key", "cred", "auth", "bearer", "psk", "connector", "pw",
		"jwt", "cookie", "pswd"}
)

// scanNamed gives the values that stand under a credential's name inside the text.
func scanNamed(text, lower string, kind textKind) []hit {
	if !containsAny(lower, hintWords[:]) {
		if kind == proseText || kind == codeText {
			return scanShortFlag(text)
		}
		return nil
	}
	hits := scanShortFlag(text)
	for _, m := range namedValue.FindAllStringSubmatchIndex(text, -1) {
		name, sign := text[m[2]:m[3]], text[m[4]:m[5]]
		if strings.HasPrefix(text[m[1]:], ":") || sign == "!=" || sign == ":" && strings.HasPrefix(text[m[1]:], "//") {
			continue
		}
		hits = appendNamed(hits, text, name, sign, m[0], m[1], kind)
	}
	for _, m := range flagValue.FindAllStringSubmatchIndex(text, -1) {
		hits = appendNamed(hits, text, text[m[2]:m[3]], "flag", m[0], m[1], kind)
	}
	if strings.Contains(lower, "curl") || strings.Contains(lower, "wget") {
		for _, m := range curlUser.FindAllStringSubmatchIndex(text, -1) {
			if pw := text[m[4]:m[5]]; len(pw) >= 4 && !urlPlaceholder(pw) && !overlaps(hits, m[4], m[5]) {
				hits = append(hits, hit{start: m[4], end: m[5], rule: ruleAssigned, reading: reading{sense: credential, why: "after -u"}})
			}
		}
	}
	return hits
}

func scanShortFlag(text string) []hit {
	if !strings.Contains(text, "-a ") {
		return nil
	}
	var hits []hit
	for _, m := range shortFlag.FindAllStringSubmatchIndex(text, -1) {
		v := text[m[2]:m[3]]
		if rule := ruleForForm("", v); rule != "" && rule != ruleHexKey && !samplePattern(v) {
			hits = append(hits, hit{start: m[2], end: m[3], rule: rule, reading: reading{sense: credential, why: "after -a"}})
		}
	}
	return hits
}

// appendNamed judges the value that follows a name and a sign at text[at:].
func appendNamed(hits []hit, text, name, sign string, nameAt, at int, kind textKind) []hit {
	n := readName(name)
	if !n.holdsSecret() {
		if i := strings.LastIndexByte(name, ' '); i < 0 || !readName(name[i+1:]).holdsSecret() || n.other {
			return hits
		}
	}
	start, end, quoted := valueAt(text, at)
	if nameAt > 0 && !quoted && strings.IndexByte("?&;", text[nameAt-1]) >= 0 { // the parameters of a URL
		if i := strings.IndexAny(text[start:end], "&#"); i >= 0 {
			end = start + i
		}
	}
	v := text[start:end]
	if authSchemes[strings.ToLower(v)] {
		start, end, quoted = valueAt(text, end)
		v = text[start:end]
	}
	if overlaps(hits, start, end) {
		return hits
	}
	how := valueStyle(text, nameAt, end, sign, quoted, kind)
	rule := ruleForForm(name, v)
	switch {
	case rule != "" && samplePattern(v):
		return hits
	case rule == "" && kind != hiddenText && secretText(v, how) && n.fits(v):
		rule = ruleAssigned
	case rule == "":
		return hits
	}
	return append(hits, hit{start: start, end: end, rule: rule, reading: reading{credential, "named " + name, name}})
}

// valueAt gives the value that begins at text[at:]: to the closing quote, or to the next blank or delimiter.
func valueAt(text string, at int) (start, end int, quoted bool) {
	for at < len(text) && (text[at] == ' ' || text[at] == '\t') {
		at++
	}
	if at < len(text) && strings.IndexByte("\"'`", text[at]) >= 0 {
		quote := text[at]
		for i := at + 1; i < len(text) && text[i] != '\n'; i++ {
			if text[i] == quote {
				return at + 1, i, true
			}
		}
		at++
	}
	end = at
	for end < len(text) && strings.IndexByte(" \t\r\n,;\"'`", text[end]) < 0 {
		end++
	}
	for end > at && strings.IndexByte(")]}", text[end-1]) >= 0 && !strings.ContainsAny(text[at:end], "([{") {
		end--
	}
	return at, end, false
}

// valueStyle says how far the value must look like a secret by itself.
func valueStyle(text string, nameAt, end int, sign string, quoted bool, kind textKind) style {
	if quoted {
		return asLiteral
	}
	before := strings.Trim(text[lineStart(text, nameAt):nameAt], " \t#;-*\"'")
	rest := strings.TrimSpace(text[end:lineEnd(text, end)])
	whole := (before == "" || before == "export") && (rest == "" || strings.HasPrefix(rest, "#") || rest == ",")
	if !whole || sign == "is" || sign == "flag" {
		return asProse
	}
	if sign == ":" && kind == proseText {
		return asProse
	}
	return asConfig
}

// ruleForForm gives the rule of a value that stands under the name of a credential, by its form; "" when the form is
// that of any text.
func ruleForForm(name, v string) string {
	if ms := findShapes(v); len(ms) == 1 && ms[0].start == 0 && ms[0].end == len(v) {
		return ruleForShape(ms[0].shape)
	}
	if halfKey(v) || connectorID(v) && strings.Contains(strings.ToLower(name), "connector") {
		return ruleDefensePart
	}
	return ""
}

func ruleForShape(s shape) string {
	switch s {
	case hex40:
		return ruleResponseToken
	case guid, guid4:
		return ruleProtectionToken
	}
	return ruleHexKey
}

func containsAny(s string, parts []string) bool {
	for _, p := range parts {
		if strings.Contains(s, p) {
			return true
		}
	}
	return false
}
