package check

import (
	"strings"
)

// match is a value of an ambiguous shape: text[start:end].
type match struct {
	start, end int
	shape      shape
}

// findShapes gives the hex runs of hash length and the GUIDs in text, without those that are samples.
func findShapes(text string) []match {
	var out []match
	for i := 0; i < len(text); {
		if !isHex(text[i]) || i > 0 && isAlnum(text[i-1]) {
			i++
			continue
		}
		if m, ok := guidAt(text, i); ok {
			out = appendMatch(out, text, m)
			i = m.end
			continue
		}
		end := i
		for end < len(text) && isHex(text[end]) {
			end++
		}
		if end < len(text) && isAlnum(text[end]) {
			i = end
			continue
		}
		if s := hexShape(end - i); s != noShape && !hasHexPrefix(text, i) {
			out = appendMatch(out, text, match{i, end, s})
		}
		i = max(end, i+1)
	}
	return out
}

func appendMatch(out []match, text string, m match) []match {
	if v := text[m.start:m.end]; samplePattern(v) || wellKnownHash(v) {
		return out
	}
	return append(out, m)
}

func hexShape(n int) shape {
	switch n {
	case 32:
		return hex32
	case 40:
		return hex40
	case 64:
		return hex64
	case 96, 128:
		return longHash
	}
	return noShape
}

// hasHexPrefix reports whether the run is a number or a wallet, 0x….
func hasHexPrefix(text string, i int) bool {
	return i >= 2 && text[i-2] == '0' && (text[i-1] == 'x' || text[i-1] == 'X')
}

const guidForm = "hhhhhhhh-hhhh-hhhh-hhhh-hhhhhhhhhhhh"

// guidAt gives the GUID that begins at text[i]. A Cb process id is followed by a segment or is not random, and a GUID
// in braces is a class, interface or device id: neither is given.
func guidAt(text string, i int) (match, bool) {
	end := i + len(guidForm)
	if end > len(text) {
		return match{}, false
	}
	for k := range len(guidForm) {
		if c := text[i+k]; guidForm[k] == 'h' && !isHex(c) || guidForm[k] == '-' && c != '-' {
			return match{}, false
		}
	}
	if end < len(text) && (isAlnum(text[end]) || text[end] == '-') || i > 0 && text[i-1] == '-' {
		return match{}, false
	}
	if i > 0 && text[i-1] == '{' && end < len(text) && text[end] == '}' {
		return match{}, false
	}
	m := match{i, end, guid}
	if text[i+14] == '4' && strings.IndexByte("89abAB", text[i+19]) >= 0 {
		m.shape = guid4
	}
	return m, true
}

// halfKey reports whether s has the form of the secret half of a Defense key.
func halfKey(s string) bool { return len(s) == 24 && capitalsAndDigits(s) }

// connectorID reports whether s has the form of a connector id.
func connectorID(s string) bool { return len(s) >= 8 && len(s) <= 10 && capitalsAndDigits(s) }

// capitalsAndDigits reports whether s holds nothing else, and both.
func capitalsAndDigits(s string) bool {
	letters, digits := 0, 0
	for i := range len(s) {
		switch {
		case s[i] >= 'A' && s[i] <= 'Z':
			letters++
		case s[i] >= '0' && s[i] <= '9':
			digits++
		default:
			return false
		}
	}
	return letters > 0 && digits > 0
}

// findDefenseKeys gives the Defense keys with connector ids in text.
func findDefenseKeys(text string) []shapeHit {
	var hits []shapeHit
	for i := 24; i < len(text); i++ {
		if text[i] != '/' {
			continue
		}
		half, from := i, i+1
		if text[i-1] == ' ' && i+1 < len(text) && text[i+1] == ' ' {
			half, from = i-1, i+2
		}
		start := half - 24
		if start < 0 || !allUpperAlnum(text[start:half]) || start > 0 && (isAlnum(text[start-1]) || text[start-1] == '+') {
			continue
		}
		end := from
		for end < len(text) && isUpperAlnum(text[end]) {
			end++
		}
		tooLong := end < len(text) && (isBase64(text[end]) || text[end] == '/')
		if n := end - from; n >= 8 && n <= 10 && !tooLong && !samplePattern(text[start:half]) {
			hits = append(hits, shapeHit{start, end, ruleDefenseKey})
		}
	}
	return hits
}

// samplePattern reports whether s is made up for documentation: it has few different characters, or a word that says
// so. The chance that a random token looks so is below one in a million.
func samplePattern(s string) bool {
	low := strings.ToLower(s)
	for _, w := range [...]string{"example", "xxxxx", "placeholder", "redacted", "changeme", "...."} {
		if strings.Contains(low, w) {
			return true
		}
	}
	var seen [256]bool
	different, longestRun, run := 0, 1, 1
	for i := range len(low) {
		if !seen[low[i]] {
			seen[low[i]] = true
			different++
		}
		if i > 0 && low[i] == low[i-1] {
			run++
			longestRun = max(longestRun, run)
		} else {
			run = 1
		}
	}
	return different <= 5 && len(s) >= 16 || longestRun >= 8
}

// counted reports whether s goes up and down the digits for the most part, as 0123456789abcdef does.
func counted(s string) bool {
	const order = "0123456789abcdef"
	steps := 0
	for i := 1; i < len(s); i++ {
		a, b := strings.IndexByte(order, s[i-1]|0x20), strings.IndexByte(order, s[i]|0x20)
		if d := (b - a + 16) % 16; d <= 1 || d == 15 {
			steps++
		}
	}
	return steps*4 >= len(s)*3
}

// wellKnownHash reports whether s is the hash of the empty file, or the SHA-1 of a text that tests of hash functions
// use: "abc", "hello", "hello world", "test", and the quick brown fox.
func wellKnownHash(s string) bool {
	switch strings.ToLower(s) {
	case "d41d8cd98f00b204e9800998ecf8427e", "da39a3ee5e6b4b0d3255bfef95601890afd80709",
		"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
		"a9993e364706816aba3e25717850c26c9cd0d89d", "aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d",
		"2aae6c35c94fcfb415dbe95f408b9ce91ee846ed", "a94a8fe5ccb19ba61c4c0873d391e987982fbbd3",
		"2fd4e1c67a2d28fced849ee1bb76e7391b93eb12":
		return true
	}
	return false
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}

func isAlnum(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80
}

func allUpperAlnum(s string) bool {
	for i := range len(s) {
		if !isUpperAlnum(s[i]) {
			return false
		}
	}
	return true
}

func isUpperAlnum(c byte) bool { return c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' }

func isBase64(c byte) bool { return isAlnum(c) || c == '+' || c == '=' }
