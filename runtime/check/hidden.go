package check

import (
	"encoding/hex"
	"net/url"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

const (
	maxEncoded   = 1 << 20 // bytes of one encoded text that are decoded
	maxBackwards = 2048    // characters of a word that is read backwards
	minEncoded   = 16      // characters that an encoded text has at least
)

// decoded is a text that a part of another text encodes.
type decoded struct {
	start, end int // the encoded part
	text, via  string
}

// hidden judges what the item's text encodes.
func (j *judge) hidden(it item, places []place) {
	j.hiddenText(it.text, func(start int) found { return j.locate(it, start, "") }, func(s shape) sense {
		for _, p := range places {
			if r := p.outside(s, j.boxes); r.sense != neutral {
				return r.sense
			}
		}
		return neutral
	})
}

// hiddenText judges what parts of text encode. A decoded text that is an ambiguous value and nothing else is refused
// unless the code around it calls it an indicator: nobody encodes an indicator.
func (j *judge) hiddenText(text string, locate func(start int) found, outside func(shape) sense) {
	for _, d := range decodeParts(text) {
		at := locate(d.start)
		if label, name, ok := j.known.inText(d.text); ok {
			j.addKnown(at, label, name, d.via)
			if !name {
				continue
			}
		}
		for _, h := range scan(d.text, hiddenText) {
			at.rule, at.secret, at.made = h.rule, text[d.start:d.end], true
			whole := strings.TrimSpace(d.text) == d.text[h.start:h.end]
			switch {
			case h.rule != "":
			case whole && (h.shape == hex40 || h.shape == guid4) && outside(h.shape) != indicator,
				h.sense == credential, whole && outside(h.shape) == credential:
				at.rule = ruleForShape(h.shape)
			default:
				continue
			}
			at.message = j.say(at.rule, h.why, d.via)
			j.add(at)
			break
		}
	}
}

// decodeParts gives the texts that text holds in base64, hex, percent escapes or written backwards.
func decodeParts(text string) []decoded {
	if isHash(text) {
		return decodeHex(text, 0)
	}
	var out []decoded
	for i := 0; i < len(text); {
		end := i
		for end < len(text) && encodedByte(text[end]) {
			end++
		}
		if end-i >= minEncoded && end-i <= maxEncoded {
			out = append(out, decodeWord(text[i:end], i)...)
		}
		i = end + 1
	}
	out = append(out, backwardsParts(text)...)
	if strings.Contains(text, "%") && len(text) <= maxEncoded {
		if plain, err := url.PathUnescape(text); err == nil && plain != text {
			out = append(out, decoded{0, len(text), plain, "URL escapes"})
		}
	}
	return out
}

// isHash reports whether text is a hash and nothing else, as most of the texts of a list of indicators are.
func isHash(text string) bool {
	if hexShape(len(text)) == noShape {
		return false
	}
	for i := range len(text) {
		if !isHex(text[i]) {
			return false
		}
	}
	return true
}

func encodedByte(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || strings.IndexByte("+/=-_.:~", c) >= 0
}

func decodeWord(word string, at int) []decoded {
	out := decodeHex(word, at)
	for _, part := range base64Parts(word) {
		raw, ok := decodeBase64(word[part[0]:part[1]])
		if !ok {
			continue
		}
		if s, ok := readable(raw); ok {
			out = append(out, decoded{at + part[0], at + part[1], s, "base64"})
		}
	}
	return out
}

func decodeHex(word string, at int) []decoded {
	raw, err := hex.DecodeString(word)
	if err != nil {
		return nil
	}
	s, ok := readable(raw)
	if !ok {
		return nil
	}
	return []decoded{{at, at + len(word), s, "hex"}}
}

// backwardsParts gives the words that are a credential when read from their end.
func backwardsParts(text string) []decoded {
	var out []decoded
	for i := 0; i < len(text); {
		end := i
		for end < len(text) && text[end] > ' ' {
			end++
		}
		if n := end - i; n >= minEncoded && n <= maxBackwards {
			back := reversed(text[i:end])
			if len(findUnique(back, strings.ToLower(back), hiddenText)) > 0 || backwardsGUID(back) {
				out = append(out, decoded{i, end, back, "backwards"})
			}
		}
		i = end + 1
	}
	return out
}

// backwardsGUID reports whether back is a random GUID; the text it was made from is not one.
func backwardsGUID(back string) bool {
	ms := findShapes(back)
	return len(ms) == 1 && ms[0].shape == guid4 && ms[0].end-ms[0].start == len(back)
}

// base64Parts gives the parts of a word that could be base64: the word itself, and the parts between signs that the
// alphabet lacks.
func base64Parts(word string) [][2]int {
	var out [][2]int
	for i := 0; i < len(word); {
		end := i
		for end < len(word) && strings.IndexByte(".:~", word[end]) < 0 {
			end++
		}
		for i < end && word[i] == '=' {
			i++
		}
		body := strings.TrimRight(word[i:end], "=")
		if k := strings.LastIndexByte(body, '='); k >= 0 { // name=value
			i += k + 1
		}
		if end-i >= minEncoded {
			out = append(out, [2]int{i, end})
		}
		i = end + 1
	}
	return out
}

// readable gives raw as text if it is one, in UTF-8 or in the UTF-16 of PowerShell's encoded commands.
func readable(raw []byte) (string, bool) {
	if len(raw) < 6 {
		return "", false
	}
	if printable(string(raw)) {
		return string(raw), true
	}
	if len(raw)%2 != 0 {
		return "", false
	}
	units := make([]uint16, len(raw)/2)
	ascii := 0
	for i := range units {
		units[i] = uint16(raw[2*i]) | uint16(raw[2*i+1])<<8
		if units[i] < 0x80 {
			ascii++
		}
	}
	if ascii*10 < len(units)*9 {
		return "", false
	}
	s := string(utf16.Decode(units))
	return s, printable(s)
}

func printable(s string) bool {
	if !utf8.ValidString(s) {
		return false
	}
	for _, r := range s {
		if r < ' ' && r != '\n' && r != '\r' && r != '\t' || r == 0x7f {
			return false
		}
	}
	return true
}
