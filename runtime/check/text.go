package check

import (
	"slices"
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
	lower := lowerText(text)
	taken := make(coverage, len(text))
	var hits []hit
	for _, h := range findUnique(text, lower, kind) {
		hits = append(hits, hit{start: h.start, end: h.end, rule: h.rule})
		taken.mark(h.start, h.end)
	}
	if kind != queryText {
		n := &namedScan{text: text, lower: lower, kind: kind, taken: taken}
		n.scan()
		hits = append(hits, n.hits...)
	}
	for _, m := range findShapes(text) {
		if taken.any(m.start, m.end) {
			continue
		}
		h := hit{start: m.start, end: m.end, shape: m.shape}
		if n := len(hits); n > 0 && hits[n-1].rule == "" && hits[n-1].shape == m.shape && separated(text[hits[n-1].end:m.start]) {
			h.reading = hits[n-1].reading // the next of a list
		} else {
			h.reading = readAround(text, m, kind)
		}
		hits = append(hits, h)
	}
	countAlike(hits)
	return hits
}

// findUnique gives what only a credential looks like.
func findUnique(text, lower string, kind textKind) []shapeHit {
	hits := findPrivateKeys(text)
	hits = append(hits, findUserinfo(text, kind)...)
	hits = append(hits, findDefenseKeys(text)...)
	hits = append(hits, findTokens(text, lower)...)
	if headers := findAuthHeaders(text, lower); len(headers) > 0 {
		taken := make(coverage, len(text))
		for _, h := range hits {
			taken.mark(h.start, h.end)
		}
		for _, h := range headers {
			if !taken.any(h.start, h.end) {
				hits = append(hits, h)
			}
		}
	}
	return hits
}

// separated reports whether between holds nothing but the separators of a list.
func separated(between string) bool {
	return len(between) <= 16 && strings.Trim(between, " \t\r\n,;|\"'#-*") == ""
}

// coverage marks the bytes of a text that are a finding already.
type coverage []bool

func (c coverage) mark(start, end int) {
	for i := start; i < end; i++ {
		c[i] = true
	}
}

func (c coverage) any(start, end int) bool { return slices.Contains(c[start:end], true) }

// lowerText gives text in lower case at the same offsets.
func lowerText(text string) string { return string(lowerASCII([]byte(text))) }

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
