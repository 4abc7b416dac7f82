//! The product of a few rows with a matrix, as a question needs it: the library's own copies the
//! whole matrix first, which pays only where there are many rows.

use std::array;

use candle_core::{CpuStorage, CustomOp2, Layout, Result, Shape, Tensor, bail};
use pulp::{Arch, Simd, WithSimd};

/// More rows go through the library.
const FEW: usize = 32;

/// Each row times each line of a matrix that lies line by line.
pub fn product(rows: &Tensor, matrix: &Tensor) -> Result<Tensor> {
    if rows.dim(0)? > FEW {
        return rows.matmul(&matrix.t()?);
    }
    rows.apply_op2_no_bwd(matrix, &Product)
}

struct Product;

impl CustomOp2 for Product {
    fn name(&self) -> &'static str {
        "product"
    }

    fn cpu_fwd(
        &self,
        rows: &CpuStorage,
        rows_layout: &Layout,
        matrix: &CpuStorage,
        matrix_layout: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        let (count, width) = rows_layout.shape().dims2()?;
        let (lines, columns) = matrix_layout.shape().dims2()?;
        if width != columns || width == 0 {
            bail!("rows of {width} numbers do not fit lines of {columns}");
        }
        let mut out = vec![0.0; count * lines];
        let (rows, matrix) = (numbers(rows, rows_layout)?, numbers(matrix, matrix_layout)?);
        Arch::new().dispatch(Work { rows, matrix, width, lines, out: &mut out });
        Ok((CpuStorage::F32(out), (count, lines).into()))
    }
}

fn numbers<'a>(storage: &'a CpuStorage, layout: &Layout) -> Result<&'a [f32]> {
    match (storage, layout.contiguous_offsets()) {
        (CpuStorage::F32(numbers), Some((from, to))) => Ok(&numbers[from..to]),
        _ => bail!("numbers of another kind"),
    }
}

struct Work<'a> {
    rows: &'a [f32],
    matrix: &'a [f32],
    width: usize,
    lines: usize,
    out: &'a mut [f32],
}

impl WithSimd for Work<'_> {
    type Output = ();

    #[expect(clippy::inline_always, reason = "or it is not compiled for the processor at hand")]
    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) {
        for line in (0..self.lines).step_by(3) {
            match self.lines - line {
                1 => self.all_rows::<S, 1>(simd, line),
                2 => self.all_rows::<S, 2>(simd, line),
                _ => self.all_rows::<S, 3>(simd, line),
            }
        }
    }
}

impl Work<'_> {
    /// Four rows with three lines fill the registers of most processors.
    #[expect(clippy::inline_always, reason = "or it is not compiled for the processor at hand")]
    #[inline(always)]
    fn all_rows<S: Simd, const L: usize>(&mut self, simd: S, line: usize) {
        let count = self.rows.len() / self.width;
        for row in (0..count).step_by(4) {
            match count - row {
                1 => self.block::<S, 1, L>(simd, row, line),
                2 => self.block::<S, 2, L>(simd, row, line),
                3 => self.block::<S, 3, L>(simd, row, line),
                _ => self.block::<S, 4, L>(simd, row, line),
            }
        }
    }

    /// The products of `R` rows with `L` lines.
    #[expect(clippy::inline_always, reason = "or it is not compiled for the processor at hand")]
    #[inline(always)]
    fn block<S: Simd, const R: usize, const L: usize>(
        &mut self,
        simd: S,
        from: usize,
        line: usize,
    ) {
        let Self { rows, matrix, width, lines, out } = self;
        let rows: [_; R] =
            array::from_fn(|r| S::as_simd_f32s(&rows[(from + r) * *width..][..*width]));
        let those: [_; L] =
            array::from_fn(|l| S::as_simd_f32s(&matrix[(line + l) * *width..][..*width]));
        let mut sums = [[simd.splat_f32s(0.0); L]; R];
        for at in 0..*width / S::F32_LANES {
            let numbers: [S::f32s; L] = array::from_fn(|l| those[l].0[at]);
            for (sums, (row, _)) in sums.iter_mut().zip(&rows) {
                let row = row[at];
                for (sum, number) in sums.iter_mut().zip(numbers) {
                    *sum = simd.mul_add_e_f32s(row, number, *sum);
                }
            }
        }
        for (r, (sums, (_, row))) in sums.into_iter().zip(&rows).enumerate() {
            for (l, (sum, (_, other))) in sums.into_iter().zip(&those).enumerate() {
                let rest: f32 = row.iter().zip(*other).map(|(x, y)| x * y).sum();
                out[(from + r) * *lines + line + l] = simd.reduce_sum_f32s(sum) + rest;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use candle_core::{DType, Device, Tensor};

    use super::product;

    #[test]
    fn it_is_the_product_of_the_library() {
        // Widths with and without a rest behind what a processor takes at once, and a row too many.
        for (count, lines, width) in [(1, 1, 8), (2, 5, 33), (3, 3, 7), (6, 7, 64), (33, 4, 19)] {
            let rows = Tensor::randn(0f32, 1.0, (count, width), &Device::Cpu).unwrap();
            let matrix = Tensor::randn(0f32, 1.0, (lines, width), &Device::Cpu).unwrap();
            let ours = product(&rows, &matrix).unwrap().to_vec2::<f32>().unwrap();
            let theirs = rows.matmul(&matrix.t().unwrap()).unwrap().to_vec2::<f32>().unwrap();
            for (ours, theirs) in ours.iter().flatten().zip(theirs.iter().flatten()) {
                assert!((ours - theirs).abs() < 1e-4, "{count} {lines} {width}: {ours} {theirs}");
            }
        }
    }

    #[test]
    fn rows_of_another_width_are_an_error() {
        let zeros = |shape: (usize, usize)| Tensor::zeros(shape, DType::F32, &Device::Cpu).unwrap();
        assert!(product(&zeros((2, 3)), &zeros((4, 5))).is_err());
    }
}
