package builtins

import (
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/cbscript/cbscript/bindings"
	"github.com/cbscript/cbscript/bindings/clock"
	"go.starlark.net/starlark"
)

// Parameter is a parameter that a script declares by param.
type Parameter struct {
	Name     string   // letters, digits and underscores
	Type     string   // one of ParameterTypes
	Help     string   // for the user
	Default  string   // as a user would read it; empty when there is none
	Required bool     // there is no default, and the user must give it
	Choices  []string // of a "choice"
}

// ParameterTypes lists the types that a parameter can have. The value of a "file" is its contents, which the host reads;
// a "list" is given several times, or once with commas.
func ParameterTypes() []string {
	return []string{"string", "int", "float", "bool", "duration", "time", "choice", "list", "file"}
}

// A ParameterError says that a parameter has no value, or one that it cannot have.
type ParameterError struct {
	Name   string // as the script declares it
	Reason string
}

// Error names the parameter.
func (e *ParameterError) Error() string { return fmt.Sprintf("parameter %s: %s", e.Name, e.Reason) }

// Kind is "ParamError".
func (e *ParameterError) Kind() string { return "ParamError" }

// Facts are the name.
func (e *ParameterError) Facts() map[string]any { return map[string]any{"name": e.Name} }

// Hint says how to give the parameter.
func (e *ParameterError) Hint() string {
	return fmt.Sprintf("give it after --, as in: cbscript run SCRIPT -- %s=VALUE", (Parameter{Name: e.Name}).Flag())
}

// Flag returns the parameter's name as a command-line flag has it.
func (p Parameter) Flag() string { return "--" + strings.ReplaceAll(p.Name, "_", "-") }

func paramBuiltin() Builtin {
	return function("param", param, "the value",
		"Declares a parameter of the script, and gives its value: what the user passed, or default. "+
			"Parameters become flags of the command line, after --.",
		Param{Name: "name", Doc: "letters, digits and underscores"},
		Param{Name: "default", Default: "None", Doc: "the value if the user passes none; its type is the parameter's, unless type says otherwise"},
		Param{Name: "help", Default: `""`, Doc: "a phrase for the user"},
		Param{Name: "type", Default: "None", Doc: `"string", "int", "float", "bool", "duration", "time", "choice", "list" or "file"; or str, int, float, bool, list`},
		Param{Name: "choices", Default: "None", Doc: "the texts that a choice allows"},
		Param{Name: "required", Default: "False", Doc: "True ends the script if the user passes none"})
}

func param(t *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var (
		p        Parameter
		fallback starlark.Value = starlark.None
		kind     parameterType
		choices  names
	)
	if err := starlark.UnpackArgs(b.Name(), args, kwargs, "name", &p.Name, "default?", &fallback, "help?", &p.Help,
		"type??", &kind, "choices??", &choices, "required?", &p.Required); err != nil {
		return nil, err
	}
	p.Type, p.Choices = string(kind), choices
	if err := p.complete(fallback); err != nil {
		return nil, fmt.Errorf("%s: %w", b.Name(), err)
	}
	host, err := hostOf(t)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", b.Name(), err)
	}
	texts, given, err := host.ParamValue(bindings.Context(t), p)
	switch {
	case err != nil:
		return nil, fmt.Errorf("%s: %w", b.Name(), err)
	case !given && p.Required:
		return nil, &ParameterError{p.Name, "the user must give it"}
	case !given:
		return p.fallback(fallback)
	}
	v, err := p.parse(texts)
	if err != nil {
		return nil, &ParameterError{p.Name, err.Error()}
	}
	return v, nil
}

// parameterType is the name of a type, or the builtin that makes values of it.
type parameterType string

// Unpack implements starlark.Unpacker.
func (p *parameterType) Unpack(v starlark.Value) error {
	name, ok := starlark.AsString(v)
	if fn, isBuiltin := v.(*starlark.Builtin); isBuiltin {
		name, ok = strings.Replace(fn.Name(), "str", "string", 1), true
	}
	if !ok || !slices.Contains(ParameterTypes(), name) {
		return fmt.Errorf("got %s, want one of %s", v, strings.Join(ParameterTypes(), ", "))
	}
	*p = parameterType(name)
	return nil
}

// complete finds the type, and checks that the parts of the declaration agree.
func (p *Parameter) complete(fallback starlark.Value) error {
	if !isName(p.Name) || strings.HasPrefix(p.Name, "_") || p.Name == "help" {
		return fmt.Errorf("for parameter name: got %q, want letters, digits and underscores, and not %q", p.Name, "help")
	}
	if p.Type == "" {
		p.Type = typeOfDefault(fallback)
		if p.Choices != nil {
			p.Type = "choice"
		}
	}
	switch {
	case p.Type == "choice" && len(p.Choices) == 0:
		return fmt.Errorf("%s: a choice needs choices", p.Name)
	case p.Type != "choice" && p.Choices != nil:
		return fmt.Errorf("%s: choices are for the type \"choice\", got %q", p.Name, p.Type)
	case p.Required && fallback != starlark.None:
		return fmt.Errorf("%s: a required parameter has no default", p.Name)
	}
	if fallback == starlark.None {
		return nil
	}
	if _, err := p.fallback(fallback); err != nil {
		return err
	}
	p.Default = textOf(fallback)
	if list, ok := fallback.(starlark.Iterable); ok {
		var parts []string
		for e := range starlark.Elements(list) {
			parts = append(parts, textOf(e))
		}
		p.Default = strings.Join(parts, ",")
	}
	return nil
}

func typeOfDefault(v starlark.Value) string {
	switch v.(type) {
	case starlark.Int:
		return "int"
	case starlark.Float:
		return "float"
	case starlark.Bool:
		return "bool"
	case clock.Duration:
		return "duration"
	case clock.Time:
		return "time"
	case *starlark.List, starlark.Tuple:
		return "list"
	}
	return "string"
}

// fallback returns the default as a value of the parameter's type. Text is read as the user's would be.
func (p *Parameter) fallback(v starlark.Value) (starlark.Value, error) {
	if v == starlark.None || typeOfDefault(v) == p.Type {
		return v, nil
	}
	switch v := v.(type) {
	case starlark.String:
		if p.Type == "file" {
			return v, nil
		}
		got, err := p.parse([]string{string(v)})
		if err != nil {
			return nil, fmt.Errorf("%s: default: %w", p.Name, err)
		}
		return got, nil
	case starlark.Int:
		switch p.Type {
		case "float":
			return v.Float(), nil
		case "duration":
			d, err := clock.FromSeconds(float64(v.Float()))
			return d, err
		}
	}
	return nil, fmt.Errorf("%s: default: got %s, want %s", p.Name, v.Type(), p.Type)
}

// parse reads what the user gave.
func (p *Parameter) parse(texts []string) (starlark.Value, error) {
	if p.Type == "list" {
		var elems []starlark.Value
		for _, text := range texts {
			for part := range strings.SplitSeq(text, ",") {
				if part = strings.TrimSpace(part); part != "" {
					elems = append(elems, starlark.String(part))
				}
			}
		}
		return starlark.NewList(elems), nil
	}
	if len(texts) != 1 {
		return nil, fmt.Errorf("it was given %d times, want once", len(texts))
	}
	text := texts[0]
	switch p.Type {
	case "int":
		if n, ok := new(big.Int).SetString(text, 0); ok && len(text) <= 64 {
			return starlark.MakeBigInt(n), nil
		}
		return nil, fmt.Errorf("got %q, want a whole number", text)
	case "float":
		f, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return nil, fmt.Errorf("got %q, want a number", text)
		}
		return starlark.Float(f), nil
	case "bool":
		return parseBool(text)
	case "duration":
		if f, err := strconv.ParseFloat(text, 64); err == nil {
			d, err := clock.FromSeconds(f)
			return d, err
		}
		d, err := clock.ParseDuration(text)
		return d, err
	case "time":
		at, err := clock.ParseTime(text, time.UTC)
		return at, err
	case "choice":
		if !slices.Contains(p.Choices, text) {
			return nil, fmt.Errorf("got %q, want one of %s", text, strings.Join(p.Choices, ", "))
		}
	}
	return starlark.String(text), nil
}

func parseBool(text string) (starlark.Value, error) {
	switch strings.ToLower(text) {
	case "", "true", "yes", "on", "1":
		return starlark.True, nil
	case "false", "no", "off", "0":
		return starlark.False, nil
	}
	return nil, fmt.Errorf("got %q, want true or false", text)
}
