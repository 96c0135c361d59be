package client

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// readingCommands are the commands of Live Response that leave an endpoint as it is. Source: contract/live-response.md, section 2.
func readingCommands() []string {
	return []string{"get file", "directory list", "process list", "reg enum key", "reg query value"}
}

// JudgeLiveCommand gives what the body of a Live Response command needs: [Respond] for one that reads, else
// [RespondWrite]. A body that is not an object with one name fails.
func JudgeLiveCommand(body []byte) ([]Capability, error) {
	members, err := Members(body)
	if err != nil {
		return nil, fmt.Errorf("the command of Live Response cannot be read: %w", err)
	}
	var name string
	if err := json.Unmarshal(members["name"], &name); err != nil {
		return nil, errors.New("the command of Live Response has no name")
	}
	for other := range members { // some readers find a name in any case
		if other != "name" && strings.EqualFold(other, "name") {
			return nil, errors.New("the command of Live Response has several names")
		}
	}
	if slices.Contains(readingCommands(), name) {
		return []Capability{Respond}, nil
	}
	return []Capability{RespondWrite}, nil
}
