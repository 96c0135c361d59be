package check

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode/utf16"
)

// minKnown is the length below which a known value is not looked for: every file would contain it.
const minKnown = 6

// knownSearch looks for known values in every encoding. It is immutable.
type knownSearch struct {
	needles []needle
	short   []string // labels of values that are too short
}

// needle is one encoding of a known value.
type needle struct {
	label string
	name  bool
	via   string
	text  []byte
	fold  bool // text is in lower case and matches in any case
	wraps bool // programs that write this encoding break its lines
}

func newKnownSearch(values []KnownValue) *knownSearch {
	k := &knownSearch{}
	for _, v := range values {
		if v.Value == "" {
			continue
		}
		if len(v.Value) < minKnown {
			if !v.Name {
				k.short = append(k.short, v.Label)
			}
			continue
		}
		k.add(v)
	}
	return k
}

// withoutShort gives a search that does not name the values that are too short, since another report does.
func (k *knownSearch) withoutShort() *knownSearch {
	if len(k.short) == 0 {
		return k
	}
	return &knownSearch{needles: k.needles}
}

func (k *knownSearch) add(v KnownValue) {
	seen := map[string]bool{}
	put := func(text, via string, fold, wraps bool) {
		if fold {
			text = string(lowerASCII([]byte(text)))
		}
		key := fmt.Sprint(fold, text)
		if len(text) < minKnown || seen[key] {
			return
		}
		seen[key] = true
		k.needles = append(k.needles, needle{v.Label, v.Name, via, []byte(text), fold, wraps})
	}
	put(v.Value, "", true, false)
	if v.Name {
		return // a host name in base64 tells a stranger nothing that the file around it does not
	}
	put(reversed(v.Value), "written backwards", true, false)
	put(url.QueryEscape(v.Value), "in URL escapes", true, false)
	put(url.PathEscape(v.Value), "in URL escapes", true, false)
	put(escapeAll(v.Value), "in URL escapes", true, false)
	wide := utf16Bytes(v.Value)
	for _, raw := range [][]byte{[]byte(v.Value), wide} {
		put(hex.EncodeToString(raw), "in hex", true, true)
		for _, s := range base64Alignments(raw) {
			put(s, "in base64", false, true)
			put(strings.NewReplacer("+", "-", "/", "_").Replace(s), "in base64", false, true)
		}
	}
	put(string(wide), "in UTF-16", true, false)
}

func escapeAll(s string) string {
	var b strings.Builder
	for i := range len(s) {
		fmt.Fprintf(&b, "%%%02x", s[i])
	}
	return b.String()
}

func utf16Bytes(s string) []byte {
	var out []byte
	for _, u := range utf16.Encode([]rune(s)) {
		out = append(out, byte(u), byte(u>>8))
	}
	return out
}

// base64Alignments gives the base64 text that raw always leaves behind, wherever in a longer text it begins.
func base64Alignments(raw []byte) []string {
	var out []string
	for shift := range 3 {
		enc := base64.RawStdEncoding.EncodeToString(append(make([]byte, shift), raw...))
		from := []int{0, 2, 3}[shift]                  // characters that depend on what stands before
		to := len(enc)                                 // and on what stands behind
		if rest := (shift + len(raw)) % 3; rest != 0 { // the last character holds bits of the next byte
			to--
		}
		if to > from {
			out = append(out, enc[from:to])
		}
	}
	return out
}

// knownHit is a known value in a file.
type knownHit struct {
	offset, end int
	label, via  string
	name        bool
}

// inBytes gives the known values in raw, in the order of their offsets, one for each place.
func (k *knownSearch) inBytes(raw []byte) []knownHit {
	if len(k.needles) == 0 {
		return nil
	}
	return separate(append(k.search(raw, false), k.acrossLines(raw)...))
}

// acrossLines gives the known values that an encoding has broken into lines, as base64 and xxd do by default. Blanks and
// comment signs before the next line's text are those of the file around it.
func (k *knownSearch) acrossLines(raw []byte) []knownHit {
	if bytes.IndexByte(raw, '\n') < 0 {
		return nil
	}
	joined, from := make([]byte, 0, len(raw)), make([]int, 0, len(raw)) // and where each byte was
	begins := true                                                      // nothing of the line's text was seen
	for i, c := range raw {
		switch {
		case c == '\n' || c == '\r':
			begins = true
		case begins && (c == ' ' || c == '\t' || c == '#'):
		default:
			begins = false
			joined, from = append(joined, c), append(from, i)
		}
	}
	var hits []knownHit
	for _, h := range k.search(joined, true) {
		start, end := from[h.offset], from[h.end-1]+1
		if end-start != h.end-h.offset { // else it is in one line, and was found there
			h.offset, h.end = start, end
			hits = append(hits, h)
		}
	}
	return hits
}

// search gives what is in raw of all encodings, or of those that wrap.
func (k *knownSearch) search(raw []byte, wraps bool) []knownHit {
	lower := lowerASCII(raw)
	var hits []knownHit
	for _, n := range k.needles {
		if wraps && !n.wraps {
			continue
		}
		in := raw
		if n.fold {
			in = lower
		}
		for at := 0; ; {
			i := bytes.Index(in[at:], n.text)
			if i < 0 {
				break
			}
			at += i
			end := at + len(n.text)
			if !n.name || standsAlone(raw, at, end) {
				hits = append(hits, knownHit{at, end, n.label, n.via, n.name})
			}
			at = end
		}
	}
	return hits
}

// separate orders hits, and keeps one for each place.
func separate(hits []knownHit) []knownHit {
	slices.SortStableFunc(hits, func(a, b knownHit) int {
		if a.offset != b.offset {
			return a.offset - b.offset
		}
		return b.end - a.end
	})
	out := hits[:0]
	for _, h := range hits {
		if len(out) > 0 && h.offset < out[len(out)-1].end && (h.name || !out[len(out)-1].name) {
			continue
		}
		out = append(out, h)
	}
	return out
}

// standsAlone reports whether a name is not a part of a longer word. A longer host name that ends with it counts.
func standsAlone(raw []byte, start, end int) bool {
	part := func(c byte) bool { return isAlnum(c) || c == '_' || c == '-' }
	return (start == 0 || !part(raw[start-1])) && (end == len(raw) || !part(raw[end]))
}

// inText reports a known secret in a text that the raw file does not show as it is.
func (k *knownSearch) inText(s string) (label string, name, ok bool) {
	if len(k.needles) == 0 || len(s) < minKnown {
		return "", false, false
	}
	hits := k.inBytes([]byte(s))
	for _, h := range hits {
		if !h.name {
			return h.label, false, true
		}
	}
	if len(hits) > 0 {
		return hits[0].label, true, true
	}
	return "", false, false
}

// lowerASCII keeps offsets, which bytes.ToLower does not for every letter.
func lowerASCII(raw []byte) []byte {
	out := make([]byte, len(raw))
	for i, c := range raw {
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		out[i] = c
	}
	return out
}

// addKnown reports a known value; nothing of the value itself is shown.
func (j *judge) addKnown(at found, label string, name bool, via string) {
	at.rule, at.message = ruleKnownValue, "the "+label
	if name {
		if j.opts.AllowNames {
			return
		}
		at.rule = ruleKnownName
	}
	if via != "" {
		at.message += ", " + via
	}
	at.known = label
	j.add(at)
}
