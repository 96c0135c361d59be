package check

import (
	"strings"
)

// maxAround is how far the words around a value are read, in bytes.
const maxAround = 300

// reading is what the surroundings of a value say about it, and the words that say so.
type reading struct {
	sense sense
	why   string
	// name is the name that stands for the value, where it is a name that says so.
	name string
}

var (
	namedBefore = newExpression(`([A-Za-z][A-Za-z0-9_.-]*(?: [A-Za-z][A-Za-z0-9_-]*){0,2})["'\x60\])]{0,2}\s*(?:=>|->|:=|==|[:=]|\bis\b|\bin\b)\s*["'\x60(\[{]*$`)
	flagBefore  = newExpression(`(?:^|\s)(--?[A-Za-z][A-Za-z0-9-]*)(?:\s+|=)["'\x60]?$`)
	serverThen  = newExpression(`https?://[A-Za-z0-9.-]+(?::[0-9]+)?/?["'\x60]?\s*,\s*["'\x60]?$`)
	lineWord    = newExpression(`[A-Za-z][A-Za-z0-9_-]*(?:\.[A-Za-z]{2,4}\b)?`)
)

// readAround says what the text around an ambiguous match says about it, nearest words first.
func readAround(text string, m match, kind textKind) reading {
	before := text[max(lineStart(text, m.start), m.start-maxAround):m.start]
	after := text[m.end:min(lineEnd(text, m.end), m.end+maxAround)]
	if m.shape != hex32 && m.shape != hex64 && serverThen.MatchString(before[max(0, len(before)-120):]) {
		return reading{sense: credential, why: "beside the URL of a server"}
	}
	if r, ok := readURL(before, m.shape); ok {
		return r
	}
	if r, ok := readNamed(before, m.shape); ok {
		return r
	}
	if inPath(before, after) {
		return readSegment(before, m.shape)
	}
	if kind == fileText { // the words of a table or report are not about the value beside them
		return reading{}
	}
	for _, r := range [...]reading{
		readWords(lastWordsOf(before, ".;,|", 5), m.shape), readWords(firstWordsOf(after, ".;,|", 5), m.shape),
		readWords(lastWordsOf(before, ".;", 5), m.shape).ifIndicator(), readWords(firstWordsOf(after, ".;", 5), m.shape).ifIndicator(),
		readHeading(text, m),
	} {
		if r.sense != neutral {
			return r
		}
	}
	return reading{}
}

// ifIndicator drops what is not said for certain: a credential's word in another clause.
func (r reading) ifIndicator() reading {
	if r.sense != indicator {
		return reading{}
	}
	return r
}

// vagueWords are about credentials as a subject, not about the value beside them.
var vagueWords = words(`credential credentials cred creds auth authorization`)

// readURL answers for a value inside a URL: only the value of a parameter with a credential's name is one.
func readURL(before string, s shape) (reading, bool) {
	if before == "" || strings.IndexByte(",;|", before[len(before)-1]) >= 0 {
		return reading{}, false // the next field behind a URL
	}
	word := before[strings.LastIndexAny(before, " \t\"'`<>(")+1:]
	if !strings.Contains(word, "://") && !strings.HasPrefix(word, "www.") {
		return reading{}, false
	}
	if i := strings.LastIndexAny(word, "?&;#"); i >= 0 {
		if name, rest, ok := strings.Cut(word[i+1:], "="); ok && rest == "" {
			if n := readName(name); n.holdsSecret() || name == "key" {
				return reading{credential, "URL parameter " + name, name}, true
			}
		}
	}
	if strings.HasSuffix(word, "://") {
		return reading{}, false
	}
	return reading{sense: indicator, why: "in a URL"}, true
}

// readNamed answers where a name and a sign, or a flag of a command, stand directly before the value.
func readNamed(before string, s shape) (reading, bool) {
	tail := before[max(0, len(before)-80):]
	if m := flagBefore.FindStringSubmatch(tail); m != nil {
		if m[1] == "-a" && s != hex32 && s != hex64 {
			return reading{sense: credential, why: "after -a"}, true
		}
		if r := readName(m[1]).senseFor(s); r != neutral {
			return reading{r, "after " + m[1], m[1]}, true
		}
	}
	m := namedBefore.FindStringSubmatch(tail)
	if m == nil {
		return reading{}, false
	}
	name := m[1]
	if i := strings.LastIndexByte(name, '.'); i >= 0 {
		name = name[i+1:]
	}
	if queryFields.has(strings.ToLower(name)) && strings.HasSuffix(strings.TrimRight(before, `"'(`), name+":") {
		return reading{indicator, "query field " + name, name}, true
	}
	n := readName(name)
	if r := n.senseFor(s); r != neutral || n.cred {
		return reading{r, "named " + name, name}, true
	}
	return reading{}, false
}

// readWords judges the words of a line, the nearest first.
func readWords(ws []string, s shape) reading {
	for i, w := range ws {
		n := readName(w)
		if i+1 < len(ws) && (w == "key" || w == "keys" || w == "id") {
			n = readName(ws[i+1] + " " + w)
		}
		if vagueWords.has(strings.ToLower(w)) {
			continue
		}
		if fileEnd.MatchString(w) {
			return reading{indicator, "beside " + w, w}
		}
		if r := n.senseFor(s); r != neutral {
			return reading{r, "beside the word " + w, w}
		}
	}
	return reading{}
}

// lastWordsOf gives the last n words of a line, the last first; any of the stops ends them.
func lastWordsOf(line, stops string, n int) []string {
	for i := len(line) - 1; i >= 0; i-- {
		if isStop(line, i, stops) {
			line = line[i+1:]
			break
		}
	}
	all := proseWordsOf(line)
	var out []string
	for i := len(all) - 1; i >= 0 && len(out) < n; i-- {
		out = append(out, all[i])
	}
	return out
}

// isStop reports whether line[i] ends a clause: one of the stops, a full stop only before a blank.
func isStop(line string, i int, stops string) bool {
	return strings.IndexByte(stops, line[i]) >= 0 && (line[i] != '.' || i+1 == len(line) || line[i+1] == ' ')
}

func firstWordsOf(line, stops string, n int) []string {
	for i := range len(line) {
		if isStop(line, i, stops) {
			line = line[:i]
			break
		}
	}
	all := proseWordsOf(line)
	return all[:min(n, len(all))]
}

// proseWordsOf gives the words of a line that are not values themselves.
func proseWordsOf(line string) []string {
	var out []string
	for _, span := range lineWord.FindAllStringIndex(line, -1) {
		w := line[span[0]:span[1]]
		if span[0] > 0 && isAlnum(line[span[0]-1]) || len(w) >= 20 && !strings.ContainsAny(w, "_-") {
			continue
		}
		out = append(out, w)
	}
	return out
}

// inPath reports whether the value is a segment of a path or the name of a file.
func inPath(before, after string) bool {
	if strings.HasPrefix(after, ".") && len(after) > 1 && isAlnum(after[1]) || strings.HasPrefix(after, `\`) || strings.HasPrefix(after, "/") {
		return true
	}
	if strings.HasSuffix(before, `\`) || strings.HasSuffix(before, "/") && len(before) > 1 {
		return true
	}
	n := len(before) // a name with the value at its end, such as tools-2f…
	return n > 1 && (before[n-1] == '-' || before[n-1] == '_') && isAlnum(before[n-2])
}

// readSegment judges a value in a path by what stands directly before it.
func readSegment(before string, s shape) reading {
	word := before[strings.LastIndexAny(strings.TrimRight(before, `/\-_`), " \t/\\\"'(=:")+1:]
	if n := readName(word); n.holdsSecret() && n.head && len(n.words) <= 2 {
		return reading{credential, "after " + word, word}
	}
	return reading{sense: indicator, why: "in a path"}
}

// readHeading judges the last line above a value that stands alone in its line, skipping other values: "Hashes:".
func readHeading(text string, m match) reading {
	start := lineStart(text, m.start)
	for range 64 {
		if start == 0 {
			return reading{}
		}
		prev := lineStart(text, start-1)
		line := text[prev : start-1]
		ws := proseWordsOf(line)
		start = prev
		if len(ws) == 0 || len(findShapes(line)) > 0 {
			continue
		}
		return readWords(ws, m.shape)
	}
	return reading{}
}

func lineStart(text string, at int) int { return strings.LastIndexByte(text[:at], '\n') + 1 }

func lineEnd(text string, at int) int {
	if i := strings.IndexByte(text[at:], '\n'); i >= 0 {
		return at + i
	}
	return len(text)
}

// lineAround gives the line that text[at] stands in, as far as it is within reach.
func lineAround(text string, at int) (start, end int) {
	low, high := max(0, at-maxAround), min(len(text), at+maxAround)
	return low + lineStart(text[low:at], at-low), at + lineEnd(text[at:high], 0)
}
