package liveresponse

import (
	"context"
	"fmt"
)

// ListRegistry gives the values of a key, and the names of the keys in it.
func (s *Session) ListRegistry(ctx context.Context, key string) (values, subKeys []any, err error) {
	doc, err := s.do(ctx, command{name: "reg enum key", object: key})
	return listOf(doc, "values"), listOf(doc, "sub_keys"), err
}

// RegistryValue gives a value, whose name follows its key: value_name, value_type and value_data.
func (s *Session) RegistryValue(ctx context.Context, path string) (map[string]any, error) {
	doc, err := s.do(ctx, command{name: "reg query value", object: path})
	value, _ := doc["value"].(map[string]any)
	return value, err
}

// SetRegistryValue writes a value. Without a kind a whole number is a REG_DWORD, a list a REG_MULTI_SZ, and anything else
// its text as REG_SZ. Source: contract/live-response.md, section 2.
func (s *Session) SetRegistryValue(ctx context.Context, path string, value any, overwrite bool, kind string) error {
	if kind == "" {
		kind, value = registryKind(value)
	}
	_, err := s.do(ctx, command{name: "reg set value", object: path, changes: true,
		fields: map[string]any{"overwrite": overwrite, "value_type": kind, "value_data": value}})
	return err
}

func registryKind(value any) (kind string, data any) {
	switch v := value.(type) {
	case int, int64:
		return "REG_DWORD", v
	case []any:
		return "REG_MULTI_SZ", v
	case string:
		return "REG_SZ", v
	case []byte:
		return "REG_SZ", string(v)
	case bool:
		if v {
			return "REG_SZ", "True"
		}
		return "REG_SZ", "False"
	case nil:
		return "REG_SZ", "None"
	}
	return "REG_SZ", fmt.Sprint(value)
}

// DeleteRegistryValue deletes a value.
func (s *Session) DeleteRegistryValue(ctx context.Context, path string) error {
	_, err := s.do(ctx, command{name: "reg delete value", object: path, changes: true})
	return err
}

// CreateRegistryKey makes a key.
func (s *Session) CreateRegistryKey(ctx context.Context, key string) error {
	_, err := s.do(ctx, command{name: "reg create key", object: key, changes: true})
	return err
}

// DeleteRegistryKey deletes a key that has none in it.
func (s *Session) DeleteRegistryKey(ctx context.Context, key string) error {
	_, err := s.do(ctx, command{name: "reg delete key", object: key, changes: true})
	return err
}
