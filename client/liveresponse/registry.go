package liveresponse

import (
	"context"
	"math"
	"math/big"
	"strconv"
	"strings"

	"github.com/cbscript/cbscript/client"
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
// its text as REG_SZ. A number that no REG_DWORD can hold is an error. Source: contract/live-response.md, section 2.
func (s *Session) SetRegistryValue(ctx context.Context, path string, value any, overwrite bool, kind string) error {
	if kind == "" {
		var err error
		if kind, value, err = registryKind(value); err != nil {
			return err
		}
	}
	_, err := s.do(ctx, command{name: "reg set value", object: path, changes: true,
		fields: map[string]any{"overwrite": overwrite, "value_type": kind, "value_data": value}})
	return err
}

func registryKind(value any) (kind string, data any, err error) {
	switch v := value.(type) {
	case int:
		return registryKind(int64(v))
	case int64:
		if v < math.MinInt32 || v > math.MaxUint32 {
			return "", nil, tooLarge(v)
		}
		return "REG_DWORD", v, nil
	case *big.Int:
		return "", nil, tooLarge(v)
	case []any:
		return "REG_MULTI_SZ", v, nil
	case []byte:
		return "REG_SZ", string(v), nil
	case float64:
		text := strconv.FormatFloat(v, 'g', -1, 64)
		if !strings.ContainsAny(text, ".enN") { // a number with a fraction looks like one, as the scripts of the reference client have it
			text += ".0"
		}
		return "REG_SZ", text, nil
	}
	return "REG_SZ", client.ShowValue(value), nil
}

func tooLarge(value any) error {
	return client.Errorf("set_registry_value: %v has more than the 32 bits of a REG_DWORD: say which type it is, as value_type=\"REG_QWORD\"", value)
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
