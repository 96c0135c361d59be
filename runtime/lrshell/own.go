package lrshell

import (
	"context"
	"fmt"
	"strings"

	"github.com/cbscript/cbscript/runtime/output"
)

// showInfo tells about the session.
func showInfo(ctx context.Context, s *Shell, _ *input) error {
	rows := []output.Row{}
	add := func(name string, value any) {
		rows = append(rows, output.Row{{Name: "fact", Value: name}, {Name: "value", Value: value}})
	}
	e := s.c.Session.Endpoint()
	add("sensor", fmt.Sprint(e.ID))
	for _, name := range []string{"hostname", "address", "os_version", "id"} {
		if text := s.fact(ctx, name); text != "" {
			add(strings.Replace(name, "id", "session", 1), text)
		}
	}
	add("drives", strings.Join(s.listOf(ctx, "drives"), " "))
	add("commands", strings.Join(s.listOf(ctx, "supported_commands"), ", "))
	return s.list(rows)
}

func showHistory(_ context.Context, s *Shell, _ *input) error {
	for i, line := range s.c.History.Entries() {
		if err := s.say(fmt.Sprintf("%5d  %s", i+1, line)); err != nil {
			return err
		}
	}
	return nil
}

func leave(context.Context, *Shell, *input) error { return ErrLeave }

// showHelp lists the commands, or tells about those that a name stands for.
func showHelp(_ context.Context, s *Shell, in *input) error {
	if len(in.args) == 0 {
		return s.say(Overview())
	}
	typed := strings.ToLower(strings.Join(in.args, " "))
	words := make([]word, len(in.args))
	for i, text := range in.args {
		words[i].text = text
	}
	if c, n := find(s.table, words); c != nil && n == len(words) {
		return s.say(strings.TrimSuffix(c.Help(), "\n"))
	}
	var texts []string
	for _, c := range s.table {
		if strings.HasPrefix(c.Name, typed+" ") {
			texts = append(texts, strings.TrimSuffix(c.Help(), "\n"))
		}
	}
	if len(texts) == 0 {
		return unknown(s.table, words)
	}
	return s.say(strings.Join(texts, "\n\n"))
}

// Overview lists the commands with a line for each.
func Overview() string {
	var b strings.Builder
	b.WriteString("Paths are the endpoint's. A name with blanks is written in double quotes; a backslash is a\nbackslash. A semicolon separates commands, # begins a comment. Tab completes. Ctrl-C ends a\ncommand, Ctrl-D the session.\n\n")
	for _, c := range Commands() {
		fmt.Fprintf(&b, "  %-11s %s\n", c.Name, c.Doc)
	}
	b.WriteString("\nhelp COMMAND tells more about one.")
	return b.String()
}

// Reference is the page of the reference about the commands, in Markdown, without a title.
func Reference() string {
	var b strings.Builder
	for _, c := range Commands() {
		fmt.Fprintf(&b, "## %s\n\n```\n%s\n```\n\n", c.Name, strings.TrimSpace(c.Help()))
	}
	return b.String()
}
