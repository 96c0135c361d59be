package repl

import "strings"

type stepKind int

const (
	stepName   stepKind = iota // a name, after a dot unless it is the first
	stepCall                   // (...)
	stepIndex                  // [...]
	stepString                 // a string literal, only as the first
)

// step is one part of an expression such as cb.select(Process)[0].
type step struct {
	kind stepKind
	name string
	args string // of a call, what stands in its brackets
}

// parsePath splits the end of a line into the expression before the last dot and the word after it. Without a dot the
// path is empty. It fails for what it cannot follow, such as a number or a bracketed expression.
func parsePath(line string) (path []step, word string, ok bool) {
	start := wordStart(line)
	word, line = line[start:], line[:start]
	if word != "" && word[0] >= '0' && word[0] <= '9' {
		return nil, "", false
	}
	line = strings.TrimRight(line, " ")
	if !strings.HasSuffix(line, ".") {
		return nil, word, true
	}
	path, ok = parsePrimary(line[:len(line)-1])
	return path, word, ok
}

// parsePrimary reads the expression that a line ends with: names with dots, calls and indexes.
func parsePrimary(line string) ([]step, bool) {
	path, _, ok := primary(line)
	return path, ok
}

// parseWhole reads an expression of that form, and nothing besides.
func parseWhole(text string) ([]step, bool) {
	path, before, ok := primary(text)
	return path, ok && path[0].kind == stepName && strings.TrimSpace(before) == ""
}

// primary is [parsePrimary], and gives what stands before the expression, unless that begins with a string.
func primary(line string) (path []step, before string, ok bool) {
	var reversed []step
	for {
		line = strings.TrimRight(line, " ")
		if line == "" {
			return nil, "", false
		}
		switch last := line[len(line)-1]; last {
		case ')', ']':
			open := matchingBracket(line)
			if open < 0 {
				return nil, "", false
			}
			next := step{kind: stepIndex}
			if last == ')' {
				next = step{kind: stepCall, args: line[open+1 : len(line)-1]}
			}
			reversed = append(reversed, next)
			line = line[:open]
			continue
		case '"', '\'':
			reversed = append(reversed, step{kind: stepString})
			return reverse(reversed), "", true
		}
		start := wordStart(line)
		if start == len(line) || line[start] >= '0' && line[start] <= '9' {
			return nil, "", false
		}
		reversed = append(reversed, step{kind: stepName, name: line[start:]})
		line = strings.TrimRight(line[:start], " ")
		if !strings.HasSuffix(line, ".") {
			return reverse(reversed), line, true
		}
		line = line[:len(line)-1]
	}
}

func reverse(steps []step) []step {
	for i, j := 0, len(steps)-1; i < j; i, j = i+1, j-1 {
		steps[i], steps[j] = steps[j], steps[i]
	}
	return steps
}

// wordStart returns where the word at the end of a line begins.
func wordStart(line string) int {
	i := len(line)
	for i > 0 && (line[i-1] == '_' || line[i-1] >= '0' && line[i-1] <= '9' ||
		line[i-1] >= 'a' && line[i-1] <= 'z' || line[i-1] >= 'A' && line[i-1] <= 'Z') {
		i--
	}
	return i
}

// enclosingCall returns the callee of the call whose argument list a line ends in, when a keyword may stand there.
func enclosingCall(line string) ([]step, bool) {
	trimmed := strings.TrimRight(line, " ")
	if !strings.HasSuffix(trimmed, "(") && !strings.HasSuffix(trimmed, ",") {
		return nil, false
	}
	opens := openBrackets(trimmed)
	if len(opens) == 0 || trimmed[opens[len(opens)-1]] != '(' {
		return nil, false
	}
	return parsePrimary(trimmed[:opens[len(opens)-1]])
}

// matchingBracket returns where the bracket that a line ends with was opened, or -1.
func matchingBracket(line string) int {
	opens := openBrackets(line[:len(line)-1])
	if len(opens) == 0 {
		return -1
	}
	open := opens[len(opens)-1]
	if pair := string(line[open]) + line[len(line)-1:]; pair != "()" && pair != "[]" {
		return -1
	}
	return open
}

// openBrackets returns where the brackets that are still open at the end of a line stand.
func openBrackets(line string) []int {
	var opens []int
	outsideStrings(line, func(i int, c byte) {
		switch {
		case c == '(' || c == '[' || c == '{':
			opens = append(opens, i)
		case (c == ')' || c == ']' || c == '}') && len(opens) > 0:
			opens = opens[:len(opens)-1]
		}
	})
	return opens
}

// splitArguments splits what stands in the brackets of a call at its commas.
func splitArguments(text string) []string {
	var args []string
	start, depth := 0, 0
	outsideStrings(text, func(i int, c byte) {
		switch c {
		case '(', '[', '{':
			depth++
		case ')', ']', '}':
			depth--
		case ',':
			if depth == 0 {
				args, start = append(args, text[start:i]), i+1
			}
		}
	})
	if last := text[start:]; strings.TrimSpace(last) != "" {
		args = append(args, last)
	}
	return args
}

// outsideStrings calls f with each byte of a line that is in no string literal and is none of its quotes.
func outsideStrings(line string, f func(i int, c byte)) {
	quote := byte(0)
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case quote != 0:
			if c == '\\' {
				i++
			} else if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		default:
			f(i, c)
		}
	}
}

// openString reports whether a line ends inside a string literal, where its quote stands and what follows it. A quote in
// a comment opens none.
func openString(line string) (quote int, text string, ok bool) {
	quote, comment := scanQuotes(line)
	if quote < 0 || comment {
		return 0, "", false
	}
	return quote, line[quote+1:], true
}

// inComment reports whether a line ends in a comment.
func inComment(line string) bool {
	_, comment := scanQuotes(line)
	return comment
}

// scanQuotes returns where the string literal stands that is open at the end of a line, or -1, and whether a comment has
// begun.
func scanQuotes(line string) (quote int, comment bool) {
	quote = -1
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case quote >= 0 && c == '\\':
			i++
		case quote >= 0 && c == line[quote]:
			quote = -1
		case quote >= 0:
		case c == '"' || c == '\'':
			quote = i
		case c == '#':
			return -1, true
		}
	}
	return quote, false
}
