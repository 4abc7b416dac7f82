//! What a layer does between its matrix products, in place and on the thread that asks: the
//! library would give each step to threads of its own, which stand in each other's way where
//! several texts go through the network at once.

use std::sync::LazyLock;

use candle_core::{CpuStorage, InplaceOp1, InplaceOp2, Layout, Result, Tensor, bail};

/// Adds a vector to each row of a matrix, or a matrix to another.
pub fn add(to: &Tensor, what: &Tensor) -> Result<()> {
    to.inplace_op2(what, &Add)
}

/// The activation of BERT: x times the share of a normal distribution below x (Hendrycks and
/// Gimpel, 2016).
pub fn gelu(of: &Tensor) -> Result<()> {
    of.inplace_op1(&Gelu)
}

struct Add;

struct Gelu;

/// Beyond this a number stays as it is, or becomes 0, to seven digits.
const FAR: f32 = 6.0;
/// Steps of the table for each 1; between them the error is below 3e-7.
const STEPS: f32 = 1024.0;
/// Steps from −[`FAR`] to [`FAR`].
const COUNT: u16 = 12 * 1024;

/// The function at every step from −[`FAR`] to [`FAR`].
static TABLE: LazyLock<Vec<f32>> = LazyLock::new(|| {
    let at = |step: u16| (f64::from(step) - f64::from(COUNT / 2)) / f64::from(STEPS);
    (0..=COUNT + 1).map(|step| rounded(exact(at(step)))).collect()
});

#[expect(clippy::cast_possible_truncation, reason = "numbers of one digit, with a rest")]
const fn rounded(x: f64) -> f32 {
    x as f32
}

/// By Simpson's rule over the density, which the table is made by once.
fn exact(x: f64) -> f64 {
    const PARTS: u32 = 64;
    let density = |t: f64| (-t * t / 2.0).exp() / (2.0 * std::f64::consts::PI).sqrt();
    let width = x / f64::from(PARTS);
    let weight = |part: u32| match part {
        0 | PARTS => 1.0,
        _ if part % 2 == 1 => 4.0,
        _ => 2.0,
    };
    let sum: f64 = (0..=PARTS).map(|part| weight(part) * density(f64::from(part) * width)).sum();
    x * (0.5 + sum * width / 3.0)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "between 0 and the steps of the table"
)]
fn activated(table: &[f32], x: f32) -> f32 {
    if x >= FAR {
        return x;
    }
    if x <= -FAR || x.is_nan() {
        return if x.is_nan() { x } else { 0.0 };
    }
    let place = (x + FAR) * STEPS;
    let step = place as usize;
    let rest = place - step as f32;
    table[step] + rest * (table[step + 1] - table[step])
}

impl InplaceOp1 for Gelu {
    fn name(&self) -> &'static str {
        "gelu"
    }

    fn cpu_fwd(&self, storage: &mut CpuStorage, layout: &Layout) -> Result<()> {
        let table = TABLE.as_slice();
        for x in numbers(storage, layout)? {
            *x = activated(table, *x);
        }
        Ok(())
    }
}

impl InplaceOp2 for Add {
    fn name(&self) -> &'static str {
        "add"
    }

    fn cpu_fwd(
        &self,
        to: &mut CpuStorage,
        to_layout: &Layout,
        what: &CpuStorage,
        what_layout: &Layout,
    ) -> Result<()> {
        let (CpuStorage::F32(what), Some((from, end))) = (what, what_layout.contiguous_offsets())
        else {
            bail!("numbers of another kind");
        };
        let what = &what[from..end];
        let to = numbers(to, to_layout)?;
        if what.is_empty() || to.len() % what.len() != 0 {
            bail!("{} numbers cannot be added to {}", what.len(), to.len());
        }
        for row in to.chunks_exact_mut(what.len()) {
            for (to, what) in row.iter_mut().zip(what) {
                *to += what;
            }
        }
        Ok(())
    }
}

fn numbers<'a>(storage: &'a mut CpuStorage, layout: &Layout) -> Result<&'a mut [f32]> {
    match (storage, layout.contiguous_offsets()) {
        (CpuStorage::F32(numbers), Some((from, to))) => Ok(&mut numbers[from..to]),
        _ => bail!("numbers of another kind"),
    }
}

#[cfg(test)]
mod tests {
    use candle_core::{Device, Tensor};

    use super::{add, gelu};

    #[test]
    fn the_activation_is_that_of_the_library() {
        let numbers: Vec<f32> = (-9000i16..9000).map(|n| f32::from(n) / 1000.0).collect();
        let ours = Tensor::new(numbers, &Device::Cpu).unwrap();
        let theirs = ours.gelu_erf().unwrap().to_vec1::<f32>().unwrap();
        gelu(&ours).unwrap();
        for (ours, theirs) in ours.to_vec1::<f32>().unwrap().iter().zip(theirs) {
            assert!((ours - theirs).abs() < 1e-6, "{ours} {theirs}");
        }
    }

    #[test]
    fn rows_and_matrices_are_added() {
        let matrix = |rows: [[f32; 2]; 2]| Tensor::new(&rows, &Device::Cpu).unwrap();
        let to = matrix([[1.0, 2.0], [3.0, 4.0]]);
        add(&to, &Tensor::new(&[10.0f32, 20.0], &Device::Cpu).unwrap()).unwrap();
        add(&to, &matrix([[0.5, 0.5], [0.5, 0.5]])).unwrap();
        assert_eq!(to.to_vec2::<f32>().unwrap(), [[11.5, 22.5], [13.5, 24.5]]);
        assert!(add(&to, &Tensor::new(&[1.0f32, 2.0, 3.0], &Device::Cpu).unwrap()).is_err());
    }
}
