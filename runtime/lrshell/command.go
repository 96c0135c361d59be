package lrshell

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/jedib0t/go-pretty/v6/text"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/nearest"
)

// Command is a command of the shell, as its table describes it.
type Command struct {
	Name    string            // one word, or two as in "reg query"
	Aliases []string          // other names
	Doc     string            // what it does, in a line
	More    string            // what else there is to know; may be empty
	Needs   client.Capability // empty for what asks the endpoint nothing

	flags  []flag
	params []param
	tail   bool // the last parameter is the rest of the line as it was typed, with its quotes
	run    func(ctx context.Context, s *Shell, in *input) error
}

// flag is an option of a command. One without a value is there or not.
type flag struct {
	name  string // with its dash
	value string // what its value is called; empty for none
	kind  kind   // of the value
	doc   string
}

// param is an argument of a command.
type param struct {
	name     string
	kind     kind
	optional bool
	many     bool // it may be repeated; only the last
}

// kind is what an argument is, for completion.
type kind int

const (
	anything kind = iota
	remoteFile
	remoteDir
	localFile
	regKey
	regValue // the name of a value of the key before it
	process  // a number, or the name of an image
	name     // of a command
)

// helpWidth is the number of columns that the text about a command is wrapped at.
const helpWidth = 80

// Usage is how the command is written, as "get [-f] REMOTE [LOCAL]".
func (c *Command) Usage() string {
	var b strings.Builder
	b.WriteString(c.Name)
	for _, f := range c.flags {
		if f.value == "" {
			fmt.Fprintf(&b, " [%s]", f.name)
		} else {
			fmt.Fprintf(&b, " [%s %s]", f.name, f.value)
		}
	}
	for _, p := range c.params {
		written := p.name
		if p.many {
			written += "..."
		}
		if p.optional {
			written = "[" + written + "]"
		}
		b.WriteString(" " + written)
	}
	return b.String()
}

// Help is the whole text about the command.
func (c *Command) Help() string {
	var b strings.Builder
	wrapped := text.WrapSoft(strings.TrimSpace(c.Doc+" "+c.More), helpWidth)
	fmt.Fprintf(&b, "%s\n\n", c.Usage())
	for line := range strings.SplitSeq(wrapped, "\n") {
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	if len(c.flags) > 0 {
		b.WriteString("\n")
	}
	for _, f := range c.flags {
		fmt.Fprintf(&b, "  %-12s %s\n", strings.TrimSpace(f.name+" "+f.value), f.doc)
	}
	var facts []string
	if len(c.Aliases) > 0 {
		facts = append(facts, "also called "+strings.Join(c.Aliases, ", "))
	}
	if c.Needs != "" {
		facts = append(facts, "needs "+string(c.Needs))
	}
	if len(facts) > 0 {
		fmt.Fprintf(&b, "\n(%s)\n", strings.Join(facts, "; "))
	}
	return b.String()
}

// find gives the command that words begin with, and how many words its name takes; nil when there is none.
func find(table []*Command, words []word) (c *Command, n int) {
	for n := min(2, len(words)); n > 0; n-- {
		parts := make([]string, n)
		for i := range parts {
			parts[i] = strings.ToLower(words[i].text)
		}
		typed := strings.Join(parts, " ")
		for _, c := range table {
			if c.Name == typed || slices.Contains(c.Aliases, typed) {
				return c, n
			}
		}
	}
	return nil, 0
}

// unknown is the error of a statement that begins with no command.
func unknown(table []*Command, words []word) error {
	typed := words[0].text
	if strings.HasPrefix(typed, "!") {
		return usage("exec runs a program on the endpoint", "%q: there is no local shell here", typed)
	}
	var names, second []string
	for _, c := range table {
		names = append(names, c.Name)
		if group, rest, ok := strings.Cut(c.Name, " "); ok && strings.EqualFold(group, typed) {
			second = append(second, rest)
		}
	}
	if len(second) > 0 {
		return usage("help "+strings.ToLower(typed)+" tells about them", "%s: want one of %s", strings.ToLower(typed), strings.Join(second, ", "))
	}
	advice := "help lists the commands; exec runs a program on the endpoint"
	if near := nearest.Name(strings.ToLower(typed), names); near != "" {
		advice = fmt.Sprintf("did you mean %s? help lists the commands", near)
	}
	return usage(advice, "unknown command %q", typed)
}

// input is a command as it was typed.
type input struct {
	command *Command
	args    []string
	flags   map[string]string // by name; of one without a value, empty
}

// has reports whether a flag was given.
func (in *input) has(name string) bool { _, ok := in.flags[name]; return ok }

// arg gives an argument, or the fallback when there are not so many.
func (in *input) arg(i int, fallback string) string {
	if i < len(in.args) {
		return in.args[i]
	}
	return fallback
}

// read understands the words of a statement after the command's name.
func (c *Command) read(line string, s statement, n int) (*input, error) {
	in := &input{command: c, flags: map[string]string{}}
	words := s.words[n:]
	for i := 0; i < len(words); i++ {
		w := words[i]
		isFlag := !w.quoted && strings.HasPrefix(w.text, "-") && w.text != "-"
		switch {
		case isFlag && w.text == "--":
			words = words[i+1:]
			if c.tail && len(words) > 0 {
				in.args = append(in.args, strings.TrimSpace(line[words[0].start:s.end]))
				words = nil
			}
			for _, rest := range words {
				in.args = append(in.args, rest.text)
			}
			return in, c.check(in)
		case isFlag:
			f := c.flag(w.text)
			if f == nil {
				return nil, usage("usage: "+c.Usage()+" (what begins with a dash and is no flag comes after --)", "%s: unknown flag %q", c.Name, w.text)
			}
			if f.value == "" {
				in.flags[f.name] = ""
				continue
			}
			if i++; i == len(words) {
				return nil, usage("usage: "+c.Usage(), "%s: the flag %s wants a value, %s", c.Name, f.name, f.value)
			}
			in.flags[f.name] = words[i].text
		case c.tail && len(in.args) == len(c.params)-1:
			in.args = append(in.args, strings.TrimSpace(line[w.start:s.end]))
			return in, c.check(in)
		default:
			in.args = append(in.args, w.text)
		}
	}
	return in, c.check(in)
}

func (c *Command) flag(typed string) *flag {
	for i := range c.flags {
		if c.flags[i].name == typed {
			return &c.flags[i]
		}
	}
	return nil
}

// check counts the arguments.
func (c *Command) check(in *input) error {
	least, most := 0, len(c.params)
	for _, p := range c.params {
		if !p.optional {
			least++
		}
		if p.many {
			most = len(in.args)
		}
	}
	switch {
	case len(in.args) < least:
		return usage("usage: "+c.Usage(), "%s: %s is missing", c.Name, c.params[len(in.args)].name)
	case len(in.args) > most:
		return usage("usage: "+c.Usage()+" (a name with blanks is written in quotes)", "%s: got %q besides", c.Name, in.args[most])
	}
	return nil
}
