package check

import (
	"slices"
	"strings"
)

// comment is one comment of a script; text begins with the number sign.
type comment struct {
	text string
	// line and column count from 1, column in characters; own is set when nothing stands before it in the line.
	line, column int
	own          bool
}

// findComments lists the comments of a script. It reads the text itself: the parser keeps a comment only where a
// node precedes it, and a script that does not parse has comments as well.
func findComments(src string) []comment {
	var out []comment
	line, lineAt := 1, 0
	for i := 0; i < len(src); {
		switch c := src[i]; {
		case c == '\n':
			line++
			i++
			lineAt = i
		case c == '#':
			end := lineEnd(src, i)
			before := src[lineAt:i]
			out = append(out, comment{
				text: strings.TrimRight(src[i:end], "\r"), line: line, column: len([]rune(before)) + 1,
				own: strings.TrimSpace(before) == "",
			})
			i = end
		case c == '"' || c == '\'':
			end := stringEnd(src, i)
			if n := strings.Count(src[i:end], "\n"); n > 0 {
				line += n
				lineAt = lineStart(src, end)
			}
			i = end
		default:
			i++
		}
	}
	return out
}

// stringEnd gives the offset behind the string literal whose quote stands at src[i]. A backslash hides a quote in raw
// strings as well. An unclosed one-line string ends with its line.
func stringEnd(src string, i int) int {
	quote := src[i : i+1]
	triple := strings.HasPrefix(src[i:], strings.Repeat(quote, 3))
	if triple {
		quote = strings.Repeat(quote, 3)
	}
	for k := i + len(quote); k < len(src); k++ {
		switch {
		case src[k] == '\\':
			k++
		case strings.HasPrefix(src[k:], quote):
			return k + len(quote)
		case src[k] == '\n' && !triple:
			return k
		}
	}
	return len(src)
}

// commentBlock is a run of whole-line comments, or one comment behind code: a key in PEM form spans lines.
type commentBlock struct {
	lines []comment
	text  string
	// start[i] is where lines[i] begins in text.
	start []int
}

// follows reports whether c goes on with what prev says. A waiver says something about what comes next.
func (c comment) follows(prev comment) bool {
	return c.own && prev.own && prev.line == c.line-1 && prev.column == c.column &&
		!waiverForm.MatchString(prev.text) && !waiverForm.MatchString(c.text)
}

func commentBlocks(all []comment) []commentBlock {
	var out []commentBlock
	for i := 0; i < len(all); {
		end := i + 1
		for end < len(all) && all[end].follows(all[end-1]) {
			end++
		}
		b := commentBlock{lines: all[i:end]}
		var text strings.Builder
		for _, c := range b.lines {
			b.start = append(b.start, text.Len())
			text.WriteString(c.text + "\n")
		}
		b.text = strings.TrimSuffix(text.String(), "\n")
		out = append(out, b)
		i = end
	}
	return out
}

// position gives the line and column of text[at].
func (b commentBlock) position(at int) (line, column int) {
	i, exact := slices.BinarySearch(b.start, at)
	if !exact {
		i--
	}
	c := b.lines[i]
	return c.line, c.column + len([]rune(b.text[b.start[i]:at]))
}

// waiver allows the findings of one rule in one place.
type waiver struct {
	line, column int
	rule, reason string
	// targets are the lines it is about.
	targets []int
	used    bool
}

var waiverForm = newExpression(`^#\s*cbscript:allow\b[ \t]*(\S*)[ \t]*(.*)$`)

// findWaivers lists the waivers among the comments. One behind code is about its line; one in a line of its own is
// about the next line, and the next line of code.
func findWaivers(src string, all []comment) []waiver {
	var out []waiver
	lines := strings.Split(src, "\n")
	for _, c := range all {
		m := waiverForm.FindStringSubmatch(c.text)
		if m == nil {
			continue
		}
		w := waiver{line: c.line, column: c.column, rule: m[1], reason: strings.TrimSpace(m[2]), targets: []int{c.line}}
		if c.own {
			next := c.line + 1
			w.targets = append(w.targets, next)
			for next <= len(lines) {
				t := strings.TrimSpace(lines[next-1])
				if t != "" && !strings.HasPrefix(t, "#") {
					w.targets = append(w.targets, next)
					break
				}
				next++
			}
		}
		out = append(out, w)
	}
	return out
}
