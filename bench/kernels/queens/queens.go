package main

import (
	"fmt"
	"os"
	"strconv"
)

type Board struct {
	columns, rising, falling []bool
}

func allFree(count int) []bool {
	free := make([]bool, count)
	for i := range free {
		free[i] = true
	}
	return free
}

func place(board *Board, row, size int) int {
	if row == size {
		return 1
	}
	columns, rising, falling := board.columns, board.rising, board.falling
	ways := 0
	for column := 0; column < size; column++ {
		up := row + column
		down := row - column + size - 1
		if columns[column] && rising[up] && falling[down] {
			columns[column] = false
			rising[up] = false
			falling[down] = false
			ways += place(board, row+1, size)
			columns[column] = true
			rising[up] = true
			falling[down] = true
		}
	}
	return ways
}

func main() {
	n := 13
	if len(os.Args) > 1 {
		n, _ = strconv.Atoi(os.Args[1])
	}
	board := &Board{allFree(n), allFree(2 * n), allFree(2 * n)}
	fmt.Println(place(board, 0, n))
}
