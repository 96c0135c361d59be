package client

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
)

// readingCommands are the commands of Live Response that leave an endpoint as it is. Source: contract/live-response.md, section 2.
func readingCommands() []string {
	return []string{"get file", "directory list", "process list", "reg enum key", "reg query value"}
}

// JudgeLiveCommand gives what the body of a Live Response command needs: [Respond] for one that reads, else
// [RespondWrite]. A body that is not an object with a name, or that has several, fails.
func JudgeLiveCommand(body []byte) ([]Capability, error) {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(body, &members); err != nil {
		return nil, errors.New("the command of Live Response is not a JSON object")
	}
	var name string
	if err := json.Unmarshal(members["name"], &name); err != nil {
		return nil, errors.New("the command of Live Response has no name")
	}
	if slices.Contains(readingCommands(), name) && onceNamed(body, "name") {
		return []Capability{Respond}, nil
	}
	return []Capability{RespondWrite}, nil
}

// onceNamed reports whether an object has exactly one member of a name. Of several, servers do not agree which counts.
func onceNamed(object []byte, name string) bool {
	d := json.NewDecoder(bytes.NewReader(object))
	depth, count, isKey := 0, 0, false
	for {
		token, err := d.Token()
		if err != nil {
			return count == 1
		}
		switch token := token.(type) {
		case json.Delim:
			if token == '{' || token == '[' {
				depth++
			} else {
				depth--
			}
			isKey = depth == 1
			continue
		case string:
			if depth == 1 && isKey && token == name {
				count++
			}
		}
		if depth == 1 {
			isKey = !isKey
		}
	}
}
