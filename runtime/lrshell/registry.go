package lrshell

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/cbscript/cbscript/runtime/output"
)

// registryKey is what a key of the registry holds.
type registryKey struct {
	keys   []string
	values []output.Row
	names  []string // of the values
}

// rootKeys are the names with which paths of the registry begin.
func rootKeys() []string {
	return []string{"HKLM", "HKU", "HKCR", "HKCC", "HKEY_LOCAL_MACHINE", "HKEY_USERS", "HKEY_CLASSES_ROOT", "HKEY_CURRENT_CONFIG"}
}

// keyPath is a key as the endpoint wants it: without a separator at its end.
func keyPath(text string) string { return strings.TrimRight(text, `\`) }

// valuePath is the path of a value in a key.
func valuePath(in *input) string { return keyPath(in.args[0]) + `\` + in.args[1] }

// key reads a key, and keeps it for completion.
func (s *Shell) key(ctx context.Context, path string) (registryKey, error) {
	values, keys, err := s.c.Session.ListRegistry(ctx, path)
	if err != nil {
		return registryKey{}, err
	}
	var k registryKey
	for _, name := range keys {
		if text, ok := name.(string); ok {
			k.keys = append(k.keys, text)
		}
	}
	for _, v := range values {
		fields, _ := v.(map[string]any)
		k.values = append(k.values, valueRow(fields))
		name, _ := fields["value_name"].(string)
		k.names = append(k.names, name)
	}
	s.known.put("key "+strings.ToLower(path), k)
	return k, nil
}

func valueRow(fields map[string]any) output.Row {
	return output.Row{{Name: "name", Value: fields["value_name"]}, {Name: "type", Value: fields["value_type"]}, {Name: "data", Value: fields["value_data"]}}
}

// queryKey lists the keys in a key, and then its values.
func queryKey(ctx context.Context, s *Shell, in *input) error {
	path := keyPath(in.args[0])
	k, err := s.key(ctx, path)
	if err != nil {
		return err
	}
	var rows []output.Row
	for _, name := range k.keys {
		rows = append(rows, output.Row{{Name: "name", Value: path + `\` + name}, {Name: "type", Value: "key"}, {Name: "data", Value: nil}})
	}
	return s.list(append(rows, k.values...))
}

func getValue(ctx context.Context, s *Shell, in *input) error {
	value, err := s.c.Session.RegistryValue(ctx, valuePath(in))
	if err != nil {
		return err
	}
	return s.tell(valueRow(value))
}

func setValue(ctx context.Context, s *Shell, in *input) error {
	kind, data, err := registryData(in)
	if err != nil {
		return err
	}
	path := valuePath(in)
	if err := s.c.Session.SetRegistryValue(ctx, path, data, in.has("-f"), kind); err != nil {
		return err
	}
	return s.done("set %s", path)
}

// registryData gives the type and the data of a value to write.
func registryData(in *input) (kind string, data any, err error) {
	kind = "REG_SZ"
	if text, ok := in.flags["-t"]; ok {
		kind = strings.ToUpper(text)
	}
	texts := in.args[2:]
	if kind == "REG_MULTI_SZ" {
		list := make([]any, len(texts))
		for i, text := range texts {
			list[i] = text
		}
		return kind, list, nil
	}
	if len(texts) > 1 {
		return "", nil, usage("text with blanks is written in quotes", "reg set: got %q besides: %s takes one text", texts[1], kind)
	}
	bits := 32
	switch kind {
	case "REG_SZ", "REG_EXPAND_SZ":
		return kind, texts[0], nil
	case "REG_QWORD":
		bits = 64
	case "REG_DWORD":
	default:
		return "", nil, usage("want REG_SZ, REG_EXPAND_SZ, REG_DWORD, REG_QWORD or REG_MULTI_SZ", "reg set: unknown type %q", kind)
	}
	n, err := strconv.ParseUint(texts[0], 0, bits)
	if err != nil {
		return "", nil, usage("numbers may be hexadecimal, as 0x1f", "reg set: got %q, want a number of %d bits for %s", texts[0], bits, kind)
	}
	return kind, n, nil
}

func createKey(ctx context.Context, s *Shell, in *input) error {
	path := keyPath(in.args[0])
	if err := s.c.Session.CreateRegistryKey(ctx, path); err != nil {
		return err
	}
	return s.done("made %s", path)
}

func deleteKey(ctx context.Context, s *Shell, in *input) error {
	path := keyPath(in.args[0])
	remove := s.c.Session.DeleteRegistryKey
	if len(in.args) == 2 {
		path, remove = valuePath(in), s.c.Session.DeleteRegistryValue
	} else if slices.ContainsFunc(rootKeys(), func(root string) bool { return strings.EqualFold(root, path) }) {
		return usage("name a key below it", "reg delete: %s is a root of the registry", path)
	}
	if err := remove(ctx, path); err != nil {
		return err
	}
	return s.done("deleted %s", path)
}
