package hint

import (
	"regexp"
	"slices"
	"strings"

	"github.com/cbscript/cbscript/client/nearest"
)

// Problem is an error of the interpreter and where it happened.
type Problem struct {
	Message string   // the error's text, without its position
	Line    string   // the line of source that it points to, or empty
	Names   []string // predeclared and universal names, for spelling and for modules
	Modules []string // what load offers by name, as "cb/response"
}

// For returns what to write instead, or an empty string when nothing is known about the problem.
func For(p Problem) string {
	if name, ok := strings.CutPrefix(p.Message, "undefined: "); ok {
		name, _, _ = strings.Cut(name, " ")
		return undefined(name, p)
	}
	if text := imported(p); text != "" {
		return text
	}
	for _, r := range rules() {
		if groups := r.match(p); groups != nil {
			return expand(r.hint, groups)
		}
	}
	return ""
}

// rule recognises one habit.
type rule struct {
	message *regexp.Regexp // must match the message
	line    *regexp.Regexp // must match the line, unless nil
	hint    string         // may use $1 to $9, the groups of message and then those of line
}

// match returns the groups of both patterns, or nil.
func (r rule) match(p Problem) []string {
	groups := r.message.FindStringSubmatch(p.Message)
	if groups == nil {
		return nil
	}
	if r.line != nil {
		more := r.line.FindStringSubmatch(p.Line)
		if more == nil {
			return nil
		}
		groups = append(groups, more[1:]...)
	}
	return groups
}

func expand(text string, groups []string) string {
	if !strings.Contains(text, "$") {
		return text
	}
	for i := len(groups) - 1; i > 0; i-- {
		text = strings.ReplaceAll(text, "$"+string(rune('0'+i)), groups[i])
	}
	return text
}

// undefined gives a hint for a name that nothing defines: a habit, or else the nearest name that exists.
func undefined(name string, p Problem) string {
	if text, ok := habits()[name]; ok {
		return text
	}
	if strings.HasSuffix(name, "Error") || strings.HasSuffix(name, "Exception") {
		return `Starlark has no exceptions: fail("text") ends the script, attempt(fn, ...) catches an error and gives r.ok, r.value and r.error.kind`
	}
	if near := nearest.Name(name, p.Names); near != "" {
		return "did you mean " + near + "?"
	}
	return ""
}

// imported gives a hint for an import statement: it names what is predeclared, or the module to load.
func imported(p Problem) string {
	if !strings.HasPrefix(p.Message, "got import, want") && !strings.HasPrefix(p.Message, "got from, want") {
		return ""
	}
	line := strings.TrimSpace(p.Line)
	module, rest, _ := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(line, "import "), "from "), " ")
	module = strings.TrimRight(module, ",;")
	names := importedNames(rest)
	parts := strings.Split(module, ".")
	if predeclared(p, names) {
		return strings.Join(names, ", ") + " is predeclared: delete this line"
	}
	for _, part := range parts {
		if path := "cb/" + part; slices.Contains(p.Modules, path) {
			if len(names) == 0 {
				names = []string{"select"}
			}
			return `write load("` + path + `", "` + strings.Join(names, `", "`) + `"); what a script has without any load is predeclared`
		}
	}
	if slices.Contains(p.Names, parts[0]) {
		return parts[0] + " is predeclared: delete this line"
	}
	if text, ok := habits()[parts[0]]; ok {
		return "Starlark has no import: " + text
	}
	return `Starlark has no import: modules such as json and time are predeclared, load("./other.star", "name") takes a name from another file`
}

// importedNames returns the names of "import A, B as C", or none for what lists none.
func importedNames(clause string) []string {
	list, ok := strings.CutPrefix(strings.TrimSpace(clause), "import ")
	if !ok || strings.ContainsAny(list, "*()#;") {
		return nil
	}
	var names []string
	for name := range strings.SplitSeq(list, ",") {
		name, _, _ = strings.Cut(strings.TrimSpace(name), " ")
		names = append(names, name)
	}
	return names
}

// predeclared reports whether all names are there already.
func predeclared(p Problem, names []string) bool {
	for _, name := range names {
		if !slices.Contains(p.Names, name) {
			return false
		}
	}
	return len(names) > 0
}
